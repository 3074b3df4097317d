"""The study of the gaps is made apart: a page shows what is kept, computes nothing and writes nothing."""

import time

import pytest
from sqlalchemy import event

import desks.access.desk
from data.gap_files import ACCESS
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.webapp.test_staying_up import read_only

ADDRESSES = ("/manques", "/manques/carte", "/manques/acces.csv")


@pytest.fixture
def running(app):
    return app.extensions["wired"]


@pytest.fixture
def made(running, monkeypatch):
    """The studies that are made."""
    made = []
    kept = running.house().access.gaps()
    monkeypatch.setattr(desks.access.desk, "study_gaps", lambda *_, **more: made.append(more) or kept)
    return made


def time_passes(running):
    """Do what time brings to the study, until what was begun has ended; return how many were begun."""
    begun = running.chores()["gaps"](NOW)["studies begun"]
    until = time.monotonic() + 20
    while time.monotonic() < until and any(not job.finished for job in running.jobs.latest()):
        time.sleep(0.02)
    return begun


def test_a_page_shows_the_study_that_is_kept(client, running, made):
    assert "la nouvelle se prépare" not in client.get("/manques").text
    assert (time_passes(running), made) == (0, [])


def test_an_older_one_is_shown_and_said_to_be_until_time_brings_another(client, running, made, monkeypatch):
    stamps = []
    monkeypatch.setattr(desks.access.desk, "access_stamp", lambda *_: stamps.append(1) or "of today")
    for address in ADDRESSES:
        assert client.get(address).status_code == 200
    assert (made, len(stamps)) == ([], 1)
    assert "la nouvelle se prépare" in client.get("/manques").text
    assert running.jobs.latest() == []
    assert (time_passes(running), len(made)) == (1, 1)


def test_a_page_writes_nothing_and_is_shown_where_nothing_can_be_written(client, running, made, monkeypatch):
    monkeypatch.setattr(desks.access.desk, "access_stamp", lambda *_: "of today")
    store = running.house().store
    said = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _cursor, words, *_: said.append(words.split()[0]))
    event.listen(store.engine, "commit", lambda _: said.append("COMMIT"))
    assert client.get("/manques").status_code == 200
    assert not {"INSERT", "UPDATE", "DELETE", "COMMIT"} & set(said)
    read_only(store)
    for address in ADDRESSES:
        assert client.get(address).status_code == 200, address


def test_one_that_fails_is_begun_once_and_told(client, running, made, monkeypatch):
    made.clear()

    def broken(*_, **__):
        made.append("tried")
        raise MobilityError("no-plan", "of no use")

    monkeypatch.setattr(desks.access.desk, "study_gaps", broken)
    monkeypatch.setattr(desks.access.desk, "access_stamp", lambda *_: "of today")
    assert [time_passes(running) for _ in range(3)] == [1, 0, 0]
    assert made == ["tried"]
    assert "la nouvelle n'a pas pu être faite" in client.get("/manques").text
    # What has changed since may be what it needed.
    monkeypatch.setattr(desks.access.desk, "access_stamp", lambda *_: "of tomorrow")
    assert "se prépare" in client.get("/manques").text
    assert time_passes(running) == 1
    (running.house().plans.folder / f"{ACCESS}.json").unlink()
    answer = client.get("/manques")
    assert (answer.status_code, "n'a pas pu être faite" in answer.text.replace("&#39;", "'")) == (503, True)


def test_without_any_it_is_awaited(client, running, made):
    (running.house().plans.folder / f"{ACCESS}.json").unlink()
    for address in ADDRESSES:
        answer = client.get(address)
        assert (answer.status_code, "se prépare" in answer.text) == (503, True)
    assert (time_passes(running), len(made)) == (1, 1)
