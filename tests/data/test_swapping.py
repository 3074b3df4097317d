"""Several who save the same file at once: whoever reads it finds a whole document, at any time."""

import errno
import json
import os
import stat
import threading
from multiprocessing import get_context
from pathlib import Path

import pytest

from data.plan_store import PlanStore
from data.private_files import swap_in
from data.published_feeds import write_json

ROUNDS = 25
BIG = ["a line of a document"] * 20_000


def _names(folder):
    return [path.name for path in folder.iterdir()]


def _save_often(save, who, failures):
    for number in range(ROUNDS):
        try:
            save({"who": who, "number": number, "lines": BIG})
        except OSError as error:
            failures.append(error)


def _save_in_a_process(save, who):
    failures = []
    _save_often(save, who, failures)
    raise SystemExit(len(failures))


def _read_until(path, done):
    """Read a document as fast as one can while it is saved; return how often it was not whole or not there."""
    broken = 0
    while not done():
        try:
            broken += len(json.loads(path.read_text(encoding="utf-8"))["lines"]) != len(BIG)
        except (ValueError, OSError):
            broken += 1
    return broken


@pytest.fixture(params=["a plan", "what goes out"])
def saved(request, tmp_path):
    """A document that is there, and what saves it."""
    path = tmp_path / "current.json"
    if request.param == "a plan":
        store = PlanStore(tmp_path)
        save = lambda document: store.save("current", document)  # noqa: E731
    else:
        save = lambda document: write_json(path, document)  # noqa: E731
    save({"who": "first", "number": 0, "lines": BIG})
    return path, save


def test_threads_that_save_at_once_break_nothing(saved):
    path, save = saved
    failures = []
    savers = [threading.Thread(target=_save_often, args=(save, who, failures)) for who in ("one", "two")]
    for saver in savers:
        saver.start()
    broken = _read_until(path, lambda: not any(saver.is_alive() for saver in savers))
    assert (broken, failures) == (0, [])
    assert _names(path.parent) == ["current.json"]


def test_processes_that_save_at_once_break_nothing(saved):
    path, save = saved
    savers = [get_context("fork").Process(target=_save_in_a_process, args=(save, who)) for who in ("one", "two")]
    for saver in savers:
        saver.start()
    broken = _read_until(path, lambda: not any(saver.is_alive() for saver in savers))
    for saver in savers:
        saver.join()
    assert (broken, [saver.exitcode for saver in savers]) == (0, [0, 0])
    assert _names(path.parent) == ["current.json"]


@pytest.mark.parametrize(("owner", "step"), [(os, "fsync"), (Path, "replace")])
def test_a_full_disk_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch, owner, step):
    path = tmp_path / "current.json"
    swap_in(path, "before")

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(owner, step, full)
    with pytest.raises(OSError, match="No space"):
        swap_in(path, "after")
    assert path.read_text() == "before"
    assert _names(tmp_path) == ["current.json"]


def test_what_is_half_written_is_private_and_taken_for_nothing_else(tmp_path, monkeypatch):
    seen = []

    def look(_descriptor):
        seen.extend(path for path in tmp_path.iterdir() if path.name != "roads.osm.json")

    monkeypatch.setattr(os, "fsync", look)
    swap_in(tmp_path / "roads.osm.json", b"whole")
    (partial,) = seen
    assert partial.suffix == ".partial"
    assert not partial.match("roads.*")
    assert not partial.match("*.json")
    assert stat.S_IMODE((tmp_path / "roads.osm.json").stat().st_mode) == 0o600
