"""Talks to the store: client.py ping, close, put KEY VALUE, get KEY, ..."""

import os
import socket
import sys
import time

PORT_FILE = os.path.join(os.environ["WPRUN_RUN_DIR"], "store.port")


def ask(*words):
    with open(PORT_FILE) as f:
        port = int(f.read())
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall((" ".join(words) + "\n").encode())
        return connection.makefile().readline().strip()


def harm(how):
    """Harms the store and returns when another process has taken its place."""
    before = ask("pid")
    try:
        ask(how)
    except ConnectionError:
        pass  # it had no time to answer
    while True:
        time.sleep(0.05)
        try:
            if ask("pid") not in ("", before):
                return
        except OSError:
            pass  # nobody listens: it is down


if __name__ == "__main__":
    answer = ask(*sys.argv[1:])
    print(answer)
    sys.exit(answer != "ok")
