"""Waits for the directory sh.watch, then makes its own, both known from the
environment."""

import os
import sys
import time

watched = os.path.join(os.environ["WPRUN_WATCH_DIR"], "sh.watch")
made = os.environ["WPRUN_PATH_PY"]

end = time.monotonic() + 60
while not os.path.isdir(watched):
    if time.monotonic() > end:
        sys.exit(f"cannot find {watched} after 60 s")
    time.sleep(0.01)
print("found", watched)
os.mkdir(made)
print("made", made)
