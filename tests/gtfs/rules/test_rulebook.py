"""The rulebook holds every rule, and each rule has its feed and its test."""

import pytest

from gtfs.feed_tables import read_feed_tables
from gtfs.rules.facts import Surroundings
from gtfs.rules.rulebook import RULES, own_issues
from tests.conftest import ROOT
from tests.gtfs.rules.valley import AROUND, commune_at
from tests.gtfs.small_feed import write_feed

NO_RULE = {"__init__", "facts", "rulebook"}


def test_every_rule_has_its_file_its_feed_and_its_test():
    names = {rule.__name__ for rule in RULES}
    assert {path.stem for path in (ROOT / "gtfs" / "rules").glob("*.py")} - NO_RULE == names
    folder = ROOT / "tests" / "gtfs" / "rules"
    assert [n for n in names if not (folder / n / "feed").is_dir() or not (folder / n / f"test_{n}.py").exists()] == []


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_applied_and_tells_under_its_own_name(rule):
    folder = ROOT / "tests" / "gtfs" / "rules" / rule.__name__
    before = read_feed_tables(folder / "before") if (folder / "before").exists() else None
    around = Surroundings(commune_at, road_metres=lambda places: [250.0] * len(places))
    found = own_issues(read_feed_tables(folder / "feed"), around, before=before)
    assert rule.__name__ in [group.code for group in found]


def test_a_sound_feed_that_stays_as_it_was_breaks_no_rule(tmp_path):
    feed = read_feed_tables(write_feed(tmp_path / "feed"))
    assert own_issues(feed, AROUND, before=feed) == []
