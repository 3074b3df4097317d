"""Road extracts that a planner sends: they wait aside, are an act of theirs, and are taken whole or not at all."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from data.journal import journal_of
from desks.calendar import roads
from desks.calendar.roads import forget_sent_roads, keep_sent_roads, take_roads
from desks.ground import sent_roads_folder, uploaded_roads
from desks.jobs import JobCancelledError
from mobility.errors import MobilityError, UnavailableError
from tests.conftest import NOW


class Sent:
    """Sends extracts; ``tried`` is what happens where one is tried."""

    def __init__(self, settings, planning, store):
        self.settings, self.planning, self.store, self.tried = settings, planning, store, None
        self.folder = sent_roads_folder(settings, planning.ground.folder.id)

    def keep(self, content, name="sud.osm"):
        territory = self.planning.ground.folder.id
        return keep_sent_roads(self.settings, territory, name, lambda path: path.write_bytes(content))

    def take(self, kept, name="sud.osm"):
        request = {"kept": kept, "name": name, "who": "planner"}
        take_roads(self.settings, self.planning, self.store, request, self.tell, now=lambda: NOW)

    def tell(self, *_):
        if self.tried:
            raise self.tried

    def current(self):
        return uploaded_roads(self.settings, self.planning.ground.folder.id)

    def in_force(self):
        return self.current().read_bytes()

    def files(self):
        return sorted((path.name, path.read_bytes()) for path in self.folder.iterdir())


@pytest.fixture
def sent(installation, desk, tmp_path, monkeypatch):
    monkeypatch.setattr(roads, "_try", lambda _planning, _path, tell: tell("roads", 0.0))
    return Sent(replace(installation.settings, state=tmp_path), installation.planning, desk.store)


def acts(desk):
    with desk.store.reading() as tx:
        return [(line["act"], line["who"]) for line in journal_of(tx)]


@pytest.mark.parametrize("trouble", [MobilityError("broken-osm", "cut"), JobCancelledError(), ZeroDivisionError()])
def test_an_extract_taken_is_in_the_journal_and_one_refused_is_not(desk, sent, trouble):
    sent.take(sent.keep(b"first"))
    sent.tried = trouble
    with pytest.raises(type(trouble)):
        sent.take(sent.keep(b"second"))
    assert sent.in_force() == b"first"
    assert [content for name, content in sent.files() if name != "in-force"] == [b"first"]
    assert acts(desk) == [("roads-taken", "planner")]


def test_an_extract_of_another_kind_takes_the_place_of_the_one_before(sent):
    sent.take(sent.keep(b"first"))
    sent.take(sent.keep(b"second", "sud.osm.pbf"), "sud.osm.pbf")
    assert sent.in_force() == b"second"
    assert sent.current().name.endswith(".osm.pbf")


def test_roads_of_a_former_version_stay_in_force_until_others_are(sent):
    sent.folder.mkdir(parents=True)
    (sent.folder / "roads.osm").write_bytes(b"former")
    assert sent.in_force() == b"former"
    sent.tried = MobilityError("broken-osm", "cut")
    with pytest.raises(MobilityError):
        sent.take(sent.keep(b"broken"))
    assert sent.in_force() == b"former"
    sent.tried = None
    sent.take(sent.keep(b"first"))
    assert sent.in_force() == b"first"


@pytest.mark.parametrize("name", ["sud.osm", "sud.osm.pbf"])
def test_roads_of_which_nothing_can_be_written_down_are_not_taken_and_wait(sent, monkeypatch, name):
    sent.take(sent.keep(b"first"))
    write = roads.note

    def full(*_, **__):
        assert b"first" in dict(sent.files()).values()
        raise UnavailableError("database-trouble", "the disk is full", reason="full")

    monkeypatch.setattr(roads, "note", full)
    kept = sent.keep(b"second", name)
    with pytest.raises(UnavailableError):
        sent.take(kept, name)
    assert sent.in_force() == b"first"
    assert (kept, b"second") in sent.files()
    monkeypatch.setattr(roads, "note", write)
    sent.take(kept, name)
    assert sent.in_force() == b"second"


@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize("name", ["sud.osm", "sud.osm.pbf"])
def test_what_time_forgets_meanwhile_is_never_in_force(sent, monkeypatch, fails, name):
    """Also roads that have been in force for long, at the very moment when others take their place."""
    sent.take(sent.keep(b"first"))
    os.utime(sent.current(), (NOW.timestamp() - 10 * 86_400,) * 2)
    write = roads.note

    def meanwhile(*args, **named):
        os.utime(sent.folder / "in-force", (NOW.timestamp(),) * 2)
        forget_sent_roads(sent.settings, sent.planning.ground.folder.id, NOW)
        if fails:
            raise MobilityError("read-only", "nothing is written")
        write(*args, **named)

    monkeypatch.setattr(roads, "note", meanwhile)
    kept = sent.keep(b"second", name)
    os.utime(sent.folder / kept, (NOW.timestamp(),) * 2)
    try:
        sent.take(kept, name)
    except MobilityError:
        assert fails
    assert sent.in_force() == (b"first" if fails else b"second")
    os.utime(sent.folder / "in-force", (NOW.timestamp(),) * 2)
    forget_sent_roads(sent.settings, sent.planning.ground.folder.id, NOW + timedelta(days=2))
    assert [content for name, content in sent.files() if name != "in-force"] == [b"first" if fails else b"second"]


def test_an_extract_waits_for_its_owner_alone_and_for_a_day_at_most(sent):
    kept = sent.folder / sent.keep(b"first")
    assert kept.stat().st_mode & 0o077 == 0
    territory = sent.planning.ground.folder.id
    os.utime(kept, (NOW.timestamp(), NOW.timestamp()))
    for hours, left in ((23, 1), (25, 0)):
        forget_sent_roads(sent.settings, territory, NOW + timedelta(hours=hours))
        assert len(sent.files()) == left
    with pytest.raises(MobilityError, match="does not wait"):
        sent.take(kept.name)


def test_an_extract_that_cannot_be_kept_leaves_nothing(sent):
    def full(_path):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        keep_sent_roads(sent.settings, sent.planning.ground.folder.id, "sud.osm", full)
    assert sent.files() == []
