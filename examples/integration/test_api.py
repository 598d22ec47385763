"""Tests the running API. FAIL=N adds a test that fails; then it exits with N."""

import json
import os
import sys
import unittest
import urllib.error
import urllib.request

with open(os.path.join(os.environ["WPRUN_RUN_DIR"], "port")) as file:
    url = f"http://127.0.0.1:{file.read()}"
fail = int(os.environ.get("FAIL") or 0)


def call(path, value=None):
    body = None if value is None else json.dumps(value).encode()
    with urllib.request.urlopen(url + path, body, timeout=5) as answer:
        return answer.status, json.load(answer)


class Notes(unittest.TestCase):
    def test_a_note_is_kept(self):
        self.assertEqual(call("/notes", {"text": "buy milk"})[0], 201)
        _, notes = call("/notes")
        self.assertIn("buy milk", [note["text"] for note in notes])

    def test_an_empty_note_is_refused(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            call("/notes", {"text": ""})
        self.assertEqual(caught.exception.code, 400)
        caught.exception.close()

    @unittest.skipUnless(fail, "FAIL is not set")
    def test_that_fails(self):
        self.assertIn("fly", [note["text"] for note in call("/notes")[1]])


passed = unittest.main(exit=False).result.wasSuccessful()
sys.exit(0 if passed else fail or 1)
