"""Every rule of the house, in the order in which they are applied."""

from collections.abc import Callable, Sequence

from gtfs.feed_tables import FeedTables
from gtfs.rules.commune_lost import commune_lost
from gtfs.rules.facts import Facts, Surroundings
from gtfs.rules.line_misses_train import line_misses_train
from gtfs.rules.meaningless_stop_name import meaningless_stop_name
from gtfs.rules.stop_far_from_road import stop_far_from_road
from gtfs.rules.trip_left_out import trip_left_out
from mobility.issues import IssueGroup

RULES: tuple[Callable[[Facts], IssueGroup | None], ...] = (
    meaningless_stop_name,
    stop_far_from_road,
    trip_left_out,
    commune_lost,
    line_misses_train,
)
"""A rule returns what it found under its own name; None where it found nothing or cannot be applied."""


def own_issues(
    feed: FeedTables, around: Surroundings, *, before: FeedTables | None = None, rail: Sequence[FeedTables] = ()
) -> list[IssueGroup]:
    """Apply every rule to a feed. ``before`` is its last version; ``rail`` the feeds with trains that it may meet."""
    facts = Facts(feed, around, before, rail)
    return [group for rule in RULES if (group := rule(facts))]
