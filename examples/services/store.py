"""A key-value store. A change is in the journal, on the disk, before it is
acknowledged; a start replays the journal."""

import os
import signal
import socket
import time

import client

JOURNAL = os.path.join(os.environ["WPRUN_RUN_DIR"], "store.journal")


def main():
    data = replay()
    print(f"replayed {len(data)} keys", flush=True)
    with open(JOURNAL, "a") as journal, socket.create_server(("127.0.0.1", 0)) as server:
        publish(server.getsockname()[1])
        notify("READY=1")
        store = Store(data, journal)
        while store.open:
            connection, _ = server.accept()
            with connection:
                serve(connection, store)
    print("closed", flush=True)


def replay():
    """Reads the journal, without the line that a crash has cut off."""
    data, whole = {}, 0
    with open(JOURNAL, "a+b") as journal:
        journal.seek(0)
        for line in journal:
            if not line.endswith(b"\n"):
                break
            key, value = line.decode().split()
            data[key] = value
            whole += len(line)
        journal.truncate(whole)
    return data


def publish(port):
    """The system has chosen the port: client.py has to know it."""
    with open(client.PORT_FILE + ".new", "w") as f:
        f.write(str(port))
    os.replace(client.PORT_FILE + ".new", client.PORT_FILE)


def notify(state):
    """What sd_notify(3) does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.sendto(state.encode(), os.environ["NOTIFY_SOCKET"])


def serve(connection, store):
    connection.settimeout(5)
    try:
        request = connection.makefile().readline().split()
        if request:
            answer = getattr(store, "do_" + request[0])(*request[1:])
            connection.sendall(f"{answer}\n".encode())
    except OSError as e:
        print(f"a client has gone: {e}", flush=True)


class Store:
    def __init__(self, data, journal):
        self.data, self.journal = data, journal
        self.open, self.sick = True, False

    def do_put(self, key, value):
        self.journal.write(f"{key} {value}\n")
        self.journal.flush()
        os.fsync(self.journal.fileno())
        self.data[key] = value
        return "ok"

    def do_get(self, key):
        return self.data.get(key, "none")

    def do_ping(self):
        return "sick" if self.sick else "ok"

    def do_pid(self):
        return os.getpid()

    def do_sicken(self):
        self.sick = True
        return "ok"

    def do_crash(self):
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)

    def do_close(self):
        self.open = False
        return "ok"


main()
