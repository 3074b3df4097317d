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
