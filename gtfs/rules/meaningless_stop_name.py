"""A stop's name that helps nobody find it."""

import re

from gtfs.rules.facts import Facts, group_of
from gtfs.timetable import stop_points
from mobility.issues import WARNING, Issue, IssueGroup
from mobility.territory import folded

_SAYS_NOTHING = re.compile(
    r"(arret|stop|poteau|quai|point|halte|ligne|terminus|a definir|inconnu|sans nom|test|nouvel arret)?\s*[a-z]?\d*"
)


def meaningless_stop_name(facts: Facts) -> IssueGroup | None:
    """Find the stops and stations whose name says nothing."""
    stops = facts.feed["stops.txt"]
    kinds = facts.feed.column("stops.txt", "location_type")
    issues = [
        Issue("stops.txt", line, "stop_name", str(name), str(stop), point)
        for line, (stop, name, kind, point) in enumerate(
            zip(stops["stop_id"], stops["stop_name"], kinds, stop_points(facts.feed), strict=True), start=2
        )
        if kind in {"", "0", "1"} and says_nothing(str(name), str(stop))
    ]
    return group_of("meaningless_stop_name", WARNING, issues)


def says_nothing(name: str, identifier: str) -> bool:
    """Tell whether a stop's name helps nobody: a number, a code, "Arrêt 12"."""
    plain = folded(name)
    return name == identifier or bool(_SAYS_NOTHING.fullmatch(plain))
