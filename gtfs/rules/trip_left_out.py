"""A trip that a day's timetable cannot hold, as it runs backwards in time."""

from gtfs.day_types import DAY_TYPES, typical_day
from gtfs.rules.facts import Facts, group_of
from gtfs.timetable import build_timetable
from mobility.issues import ERROR, Issue, IssueGroup


def trip_left_out(facts: Facts) -> IssueGroup | None:
    """Find the trips of a typical working day that no journey can use; those of one stop are no fault."""
    feed = facts.feed
    timetable = build_timetable(feed, typical_day(feed, DAY_TYPES["weekday"]))
    lines = {trip: line for line, trip in reversed(list(enumerate(feed["trips.txt"]["trip_id"], start=2)))}
    issues = [
        Issue("trips.txt", lines.get(trip), "", reason, trip)
        for trip, reason in timetable.left_out.items()
        if reason != "one-stop"
    ]
    return group_of("trip_left_out", ERROR, issues)
