"""An HTTP API for notes: GET /healthz, GET /notes, POST /notes.

Listens on a free port of the loopback address and writes its number to the
file "port" of the run directory.
"""

import http.server
import json
import os
import signal
import sqlite3
import sys

run_dir = os.environ["WPRUN_RUN_DIR"]
database = os.path.join(run_dir, "app.db")


class API(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            self.query("SELECT 1")
            self.answer(200, {"ok": True})
        elif self.path == "/notes":
            rows = self.query("SELECT id, text FROM notes ORDER BY id")
            self.answer(200, [{"id": i, "text": text} for i, text in rows])
        else:
            self.answer(404, {"error": "no such path"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            self.query(
                "INSERT INTO notes (text, created) VALUES (?, datetime())",
                [json.loads(body)["text"]],
            )
        except sqlite3.IntegrityError as error:
            self.answer(400, {"error": str(error)})
        else:
            self.answer(201, {"ok": True})

    def query(self, sql, values=()):
        connection = sqlite3.connect(database)
        try:
            with connection:
                return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), API)
port = os.path.join(run_dir, "port")
with open(port + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(port + ".new", port)
print("listening on port", server.server_port, flush=True)
server.serve_forever()
