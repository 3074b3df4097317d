"""Road extracts that a planner sends: an act of theirs, whole or not at all."""

from dataclasses import replace

import pytest

from data.journal import journal_of
from desks.calendar import roads
from desks.calendar.roads import take_roads
from desks.ground import sent_roads_folder
from mobility.errors import MobilityError, UnavailableError
from tests.conftest import NOW


@pytest.fixture
def send(installation, desk, tmp_path, monkeypatch):
    settings = replace(installation.settings, state=tmp_path)
    monkeypatch.setattr(roads, "_try", lambda _, path: tried[0](path))
    tried = [lambda _: None]

    def sent(content, *, refusal=None):
        def fails(_):
            raise refusal

        tried[0] = fails if refusal else lambda _: None
        take_roads(
            settings, installation.planning, desk.store, "sud.osm", lambda path: path.write_bytes(content), now=NOW,
            who="planner",
        )  # fmt: skip

    return sent, sent_roads_folder(settings, installation.ground.folder.id)


def acts(desk):
    with desk.store.reading() as tx:
        return [(line["act"], line["who"]) for line in journal_of(tx)]


def test_an_extract_taken_is_in_the_journal_and_one_refused_is_not(desk, send):
    sent, folder = send
    sent(b"first")
    with pytest.raises(MobilityError):
        sent(b"second", refusal=MobilityError("broken-osm", "cut"))
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("roads.osm", b"first")]
    assert acts(desk) == [("roads-taken", "planner")]


def test_roads_of_which_nothing_can_be_written_down_are_not_taken(desk, send, monkeypatch):
    sent, folder = send
    sent(b"first")

    def full(*_, **__):
        raise UnavailableError("database-trouble", "the disk is full", reason="full")

    monkeypatch.setattr(roads, "note", full)
    with pytest.raises(UnavailableError):
        sent(b"second")
    assert [path.read_bytes() for path in folder.iterdir()] == [b"first"]
