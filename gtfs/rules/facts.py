"""What a rule is told: a feed, the country around it, the version before, and the trains it may meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gtfs.feed_tables import FeedTables
from mobility.issues import Issue, IssueGroup
from mobility.places import Place, Point

SAMPLES = 50


@dataclass(frozen=True)
class Surroundings:
    """What the rules ask of the country: the commune at a point ("" outside), and metres from points to a road.

    ``road_metres`` is None where no road network is known; the rule that needs it is then not applied.
    """

    commune_at: Callable[[Point], str]
    road_metres: Callable[[Sequence[Place]], Sequence[float]] | None = None


@dataclass(frozen=True)
class Facts:
    """A feed to judge; ``before`` is its last version, None where there is none; ``rail`` the feeds with trains."""

    feed: FeedTables
    around: Surroundings
    before: FeedTables | None = None
    rail: Sequence[FeedTables] = ()


def group_of(code: str, severity: str, issues: Sequence[Issue]) -> IssueGroup | None:
    """Return what a rule found, with some samples; None where it found nothing."""
    return IssueGroup(code, severity, len(issues), tuple(issues[:SAMPLES])) if issues else None
