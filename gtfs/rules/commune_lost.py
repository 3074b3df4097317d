"""A commune where a vehicle stopped in the last version, and none does now."""

from collections import defaultdict

from gtfs.feed_diff import called_stops
from gtfs.feed_tables import FeedTables
from gtfs.rules.facts import Facts, Surroundings, group_of
from mobility.issues import ERROR, Issue, IssueGroup


def commune_lost(facts: Facts) -> IssueGroup | None:
    """Find the communes that the feed no longer serves; without a version before, none."""
    if facts.before is None:
        return None
    then, now = served_communes(facts.before, facts.around), served_communes(facts.feed, facts.around)
    issues = [
        Issue("stops.txt", None, "", ", ".join(sorted(set(names))), commune=commune)
        for commune, names in sorted(then.items())
        if commune not in now
    ]
    return group_of("commune_lost", ERROR, issues)


def served_communes(feed: FeedTables, around: Surroundings) -> dict[str, list[str]]:
    """Return the communes where a vehicle stops, with the names of the stops."""
    communes: dict[str, list[str]] = defaultdict(list)
    for name, point in called_stops(feed).values():
        if commune := around.commune_at(point):
            communes[commune].append(name)
    return communes
