"""The running site: its desks, opened anew where other roads were sent, by whichever worker took them."""

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
