"""Issues: what is imperfect in data that can still be read, all told at once with what is needed to repair them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mobility.places import Point

ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITIES = (ERROR, WARNING, INFO)
"""An error may keep travellers from finding a journey; a warning misleads or hides; an info is for the producer."""
NEAREST = 5_000.0
"""Metres from a commune's point within which an issue outside its contour still counts as there."""


@dataclass(frozen=True)
class Issue:
    """One thing to repair: where (file, line, field, point, commune) and what (the object's name, the value found)."""

    file: str = ""
    line: int | None = None
    field: str = ""
    value: str = ""
    object: str = ""
    point: Point | None = None
    commune: str = ""


@dataclass(frozen=True)
class IssueGroup:
    """All issues of one code: ``total`` of them, ``samples`` the first ones."""

    code: str
    severity: str
    total: int
    samples: tuple[Issue, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)

    def placed(self, commune_at: Callable[[Point], str]) -> "IssueGroup":
        """Return the group with the commune of each sample that has a point and names none."""
        samples = tuple(
            replace(issue, commune=commune_at(issue.point)) if issue.point and not issue.commune else issue
            for issue in self.samples
        )
        return replace(self, samples=samples)


def ranked(groups: Sequence[IssueGroup]) -> list[IssueGroup]:
    """Return the groups by severity, then by number."""
    return sorted(groups, key=lambda group: (SEVERITIES.index(group.severity), -group.total, group.code))


def count(groups: Sequence[IssueGroup], severity: str) -> int:
    """Return the number of issues of a severity."""
    return sum(group.total for group in groups if group.severity == severity)
