"""The running site: its desks, opened anew where other roads were sent, by whichever worker took them."""

from sqlalchemy import event

from desks.ground import uploaded_roads
from tests.conftest import NOW
from webapp.wiring import Wired


def test_other_roads_open_the_desks_anew_on_one_database(settings):
    here, beside = (Wired(settings, lambda: NOW) for _ in range(2))
    first, other = here.house(), beside.house()
    assert here.house() is first
    folder = settings.state / first.ground.folder.id / "roads"
    folder.mkdir()
    (folder / "roads.osm").write_text("<osm/>", encoding="utf-8")
    for running, before in ((here, first), (beside, other)):
        after = running.house()
        assert after is not before
        assert after.ground.road_file == folder / "roads.osm"
        assert after.rides.store is before.rides.store
        assert running.house() is after


def test_a_timetable_is_ready_before_anyone_asks_and_once_for_each_day(app, monkeypatch):
    wired = app.extensions["wired"]
    desk = wired.house().transport
    # The first pages after a start do not share the machine with it.
    assert "journeys" not in wired.chores()
    get_ready = wired.chores()["journeys"]
    assert get_ready(NOW) == {"timetables made ready": 1}
    assert get_ready(NOW) == {"timetables made ready": 0}
    with monkeypatch.context() as patch:
        # It is read no second time for the first visitor.
        patch.setattr("desks.transport.desk.JourneyPlanner", None)
        today = NOW.date()
        assert desk.planner(today).day == today


def test_the_files_of_the_desks_are_looked_at_once_a_request(app, client, monkeypatch):
    client.get("/aller")
    looks = []
    looked = uploaded_roads
    monkeypatch.setattr("webapp.wiring.uploaded_roads", lambda *of: looks.append(of) or looked(*of))
    client.get("/aller?de=Bach&vers=Cahors")
    assert len(looks) == 1


def test_a_question_is_answered_from_one_transaction(app, client):
    ask = "/aller?de=Bach&vers=Cahors&jour=2026-12-01&heure=10:00&retour=16:00"
    store = app.extensions["wired"].house().store
    client.get(ask)
    begun = []

    def told(_connection, _cursor, statement, *_rest):
        begun.append(statement)

    event.listen(store.engine, "before_cursor_execute", told)
    try:
        client.get(ask)
        assert begun.count("BEGIN") == 1
    finally:
        event.remove(store.engine, "before_cursor_execute", told)
