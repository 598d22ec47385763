"""Waits for one directory, then makes another: relay.py WATCHED MADE."""

import os
import sys
import time

watched, made = sys.argv[1:]

end = time.monotonic() + 60
while not os.path.isdir(watched):
    if time.monotonic() > end:
        sys.exit(f"cannot find {watched} after 60 s")
    time.sleep(0.01)
print("found", watched)
os.mkdir(made)
print("made", made)
