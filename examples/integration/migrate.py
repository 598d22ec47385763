"""Applies the SQL files of a folder, in the order of their names, once each."""

import os
import pathlib
import sqlite3
import sys

database = os.path.join(os.environ["WPRUN_RUN_DIR"], "app.db")
connection = sqlite3.connect(database, isolation_level=None)
done = connection.execute("PRAGMA user_version").fetchone()[0]
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.sql")):
    version = int(file.name.split("_")[0])
    if version <= done:
        continue
    connection.executescript(
        f"BEGIN; {file.read_text()} PRAGMA user_version = {version}; COMMIT;"
    )
    print("applied", file.name)
connection.close()
