"""Says what the tests left in the database and removes it."""

import os
import sqlite3

database = os.path.join(os.environ["WPRUN_RUN_DIR"], "app.db")
if os.path.exists(database):
    connection = sqlite3.connect(database)
    notes = connection.execute("SELECT count(*) FROM notes").fetchone()[0]
    connection.close()
    os.remove(database)
    print("removed the database with", notes, "notes")
else:
    print("there is no database to remove")
