"""The data user's page: the Atom feed, and the examples run as they are shown."""

import html
import os
import re
import shutil
import subprocess
import sys
import threading
from xml.etree import ElementTree as ET

import pytest

from webapp.exports.usage_examples import usage_examples
from webapp.server.listening import listen

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def address(app):
    server = listen(app, "127.0.0.1", 0, threads=2)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


def test_changes_can_be_followed(client):
    answer = client.get("/donnees/changements.atom")
    assert answer.mimetype == "application/atom+xml"
    root = ET.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert root.find(f"{ATOM}{name}").text
    entries = root.findall(f"{ATOM}entry")
    assert any("nouvelle version" in entry.find(f"{ATOM}title").text for entry in entries)
    instants = [entry.find(f"{ATOM}updated").text for entry in entries]
    assert instants == sorted(instants, reverse=True)
    assert len({entry.find(f"{ATOM}id").text for entry in entries}) == len(entries)
    assert client.get("/donnees/changements.atom", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_every_example_runs(address, tmp_path):
    wanted = {"arrets.geojson": False, "current.zip": False, "index.json": False, "acces.geojson": False}
    for example in usage_examples(address):
        for name in wanted:
            wanted[name] |= name in example.text
        if not example.tested:
            continue
        if example.tool == "Python":
            command = [sys.executable, "-c", example.text]
        elif shutil.which("curl") or os.environ.get("CI"):
            command = ["sh", "-c", example.text]
        else:
            continue
        # Twice: the second time, what has not changed is not sent again.
        for _ in range(2):
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False)
            assert done.returncode == 0, (example.text, done.stderr)
            assert done.stdout or (tmp_path / "territoire.zip").exists()
    assert all(wanted.values())


def test_the_examples_are_shown_as_they_are_run(client):
    page = client.get("/donnees").get_data(as_text=True)
    shown = [html.unescape(text) for text in re.findall(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)]
    assert {text.strip() for text in shown} == {
        example.text.strip() for example in usage_examples("http://127.0.0.1:8000")
    }


@pytest.mark.parametrize("page", ["/me-faire-aider", "/accessibilite"])
def test_help_and_accessibility(client, page):
    assert client.get(page).status_code == 200


def test_the_accessibility_statement_is_honest(client):
    page = client.get("/accessibilite").get_data(as_text=True)
    assert "non conforme" in page
    assert "pas été vérifié" in page
