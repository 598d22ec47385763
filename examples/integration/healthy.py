"""Exits 0 once the API answers on the port that it wrote down."""

import os
import sys
import urllib.request

try:
    with open(os.path.join(os.environ["WPRUN_RUN_DIR"], "port")) as file:
        url = f"http://127.0.0.1:{file.read()}/healthz"
    urllib.request.urlopen(url, timeout=5).close()
except OSError as error:
    sys.exit(f"cannot reach the API: {error}")
