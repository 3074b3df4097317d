"""Small counts: what of a figure about people may be told to everybody, so that nobody is known by it.

One k per kind of figure, declared here and nowhere else. A count below its k is not told, and none is no more told than
one: that nobody asked is also something about those who live there. Two ways, by what the figure is of:

- What *stands* (who offers, who asked lately) is told as :meth:`Kind.shown`: the last multiple of k that it reaches, or
  only that it reaches k where figures are parts of one another. It has no total, and changes once a :class:`Period` at
  most: nobody sees a single person come or go.
- What is *over* (a closed year) is told by :func:`told`: counts from k on exactly, and the total where it leaves every
  hidden count free to be anything from none to k - 1.

Both hold against whoever knows this file and all that was ever told: of what is hidden they learn that it is below k,
no more (``tests/mobility/test_disclosure.py`` plays that part on every small case). What was told stays so for its
period (``desks.released``): the same figure is never told twice, of two states. See
``docs/decisions/010-small-counts.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEK, MONTH, YEAR = "week", "month", "year"


@dataclass(frozen=True)
class Period:
    """The span for which a figure stays as it was told: its name, and its first day."""

    name: str
    first: date


@dataclass(frozen=True)
class Kind:
    """A kind of figure: its smallest number that is told, for how long, and how many people must stand behind it."""

    id: str
    k: int
    every: str
    people: int = 1

    def shown(self, count: float, people: int | None = None) -> int:
        """Return what is told of a count (behind which so many people stand): the last multiple of k, 0 for too few.

        Where the kind asks for people and nobody says how many they are, nothing is told.
        """
        few = self.people > 1 and (people is None or people < self.people)
        return 0 if few else int(count // self.k) * self.k

    def period(self, day: date) -> Period:
        """Return the period that a day is in."""
        if self.every == WEEK:
            year, week, weekday = day.isocalendar()
            return Period(f"{year}-w{week:02d}", day - timedelta(days=weekday - 1))
        if self.every == MONTH:
            return Period(f"{day:%Y-%m}", day.replace(day=1))
        return Period(f"{day:%Y}", date(day.year, 1, 1))


TRIPS = Kind("trips", 6, WEEK, people=3)
"""Trips a week that drivers offer from a commune, or from one to another. Six, as the pages always said; behind them at
least three drivers, as public statistics ask of a figure that few make up (INSEE, *règle de fréquence*): one person
alone may drive six times a week."""
DRIVERS = Kind("drivers", 3, WEEK)
"""Drivers of a line on one weekday, and of a year: the same three, so that one never tells on the other."""
UNMET = Kind("unmet", 6, MONTH, people=3)
"""People of a commune who asked in vain in twelve closed months. Whoever asks tells more of themselves than who offers:
by the month, not by the week, and never of fewer than three who asked: one may ask six times, or for six. A choice of
the project."""
RIDERS = Kind("riders", 11, YEAR)
"""People driven in a year, by the ground on which the law allows it: home, income, health cover. Eleven, as for the
figures of income of public statistics (INSEE, *Filosofi*: no figure of fewer than eleven households)."""
COPIED = Kind("copied", 11, YEAR)
"""People of a place in a table of the anonymised copy of the database. Eleven, as for those who were driven: beside the
place stands what each of them did."""
KINDS = (TRIPS, DRIVERS, UNMET, RIDERS, COPIED)


def closed_months(day: date) -> tuple[date, date]:
    """Return the twelve closed months before a day: their first day, and the first day after them."""
    after = day.replace(day=1)
    return after.replace(year=after.year - 1), after


@dataclass(frozen=True)
class Told:
    """Counts as they may be told; None is one below k.

    ``total`` is None where it would tell on what is hidden; ``at_least`` is the sum of what is told.
    """

    counts: Mapping[str, int | None]
    total: int | None

    @property
    def at_least(self) -> int:
        """Return the total of what is told: it tells nothing more."""
        return sum(count or 0 for count in self.counts.values())


def told(counts: Mapping[str, int], kind: Kind) -> Told:
    """Return what may be told of counts of different people, such as those of a closed period.

    The h hidden counts have a sum that the total tells. Each of them can still be anything from 0 to k - 1 as long as
    that sum is from k - 1 (all of it could be one count) to (h - 1)(k - 1) (one could be 0); outside, no total is told,
    and that it is not leaves them as free. A sum that is told is never below k: else it would be a small count itself.
    """
    shown = {name: count if count >= kind.k else None for name, count in counts.items()}
    hidden = [count for count in counts.values() if count < kind.k]
    free = kind.k <= sum(hidden) <= (len(hidden) - 1) * (kind.k - 1)
    return Told(shown, sum(counts.values()) if free or not hidden else None)
