"""Whether somewhere is open now, until when, and else from when on: what one asks before setting out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mobility.working_hours import Hours, WorkingHours

AHEAD = 14
"""Days in which the next opening is looked for."""


@dataclass(frozen=True)
class Opening:
    """``today`` holds what is left of today's hours, the span that is open now first; ``then`` the hours after today.

    ``is_open`` tells whether the first of today's is open now. Nothing today and no ``then``: not known.
    """

    is_open: bool
    today: tuple[Hours, ...]
    then: tuple[date, tuple[Hours, ...]] | None

    @property
    def until(self) -> int | None:
        """Return when it closes, in seconds after midnight; None where it is closed now."""
        return self.today[0].closes if self.is_open else None

    @property
    def is_known(self) -> bool:
        """Tell whether any hour is known."""
        return bool(self.today or self.then)

    def next_day(self, now: date) -> date | None:
        """Return the next day with hours, today's included."""
        return now if self.today else self.then[0] if self.then else None

    def next_at(self, now: date) -> tuple[date, int] | None:
        """Return the next day with hours, and when it opens that day in seconds after midnight."""
        day, spans = (now, self.today) if self.today else self.then or (now, ())
        return (day, spans[0].opens) if spans else None


def opening_at(hours: WorkingHours, now: datetime) -> Opening:
    """Return what is open at an instant and after it. ``now`` says the local wall clock."""
    seconds = now.hour * 3600 + now.minute * 60
    left = tuple(span for span in hours.on(now.date()) if span.closes > seconds)
    coming = (now.date() + timedelta(days=ahead) for ahead in range(1, AHEAD + 1))
    then = next(((day, tuple(hours.on(day))) for day in coming if hours.on(day)), None)
    return Opening(bool(left) and left[0].opens <= seconds, left, then)
