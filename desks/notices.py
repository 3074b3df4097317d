"""What people must know, of the whole territory or of a commune: gathered from what is, or written by hand."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from data.journal import note
from data.notices import add_notice, end_notice, written_notices
from data.scenarios import settled_entries
from data.store import Store, new_id
from desks.calendar.in_force import CalendarInForce
from desks.calendar.notices import (
    SETTLED,
    latest_news,
    midnight,
    missed_notices,
    new_calendar_notices,
    season_notices,
)
from desks.day.due import Due, Visitor
from desks.ground import Ground
from desks.kept import Kept
from desks.transport.in_use import FeedsInUse
from desks.transport.lines import Lines
from desks.transport.notices import feed_notices
from mobility.accounts import PLANNER
from mobility.agenda import CANCELLED, Event
from mobility.errors import Faults, MobilityError
from mobility.modules import TRANSPORT
from mobility.notices import GRAVITIES, WRITTEN, Notice, seen
from mobility.transport import Line, ServedLine

LONGEST_TITLE, LONGEST_TEXT = 120, 600
"""Letters of what is written by hand."""


@dataclass(frozen=True)
class Draft:
    """A notice as someone writes it; no commune means the whole territory, no last day until it is ended.

    ``line`` names a feed and a line of it: the communes are then those that it serves.
    """

    title: str
    text: str
    gravity: str
    communes: Collection[str]
    first: date
    last: date | None = None
    line: tuple[str, str] | None = None


@dataclass(frozen=True)
class LineNotice:
    """A notice of a line, and the feed with all identifiers there by which journeys take it today."""

    notice: Notice
    taken_as: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class NoticeDesk:
    """What people must know; ``store`` opens the database that keeps what is written by hand."""

    ground: Ground
    calendar: CalendarInForce
    feeds: FeedsInUse
    store: Callable[[], Store]
    clock: Callable[[], datetime]
    _gathered: Kept[list[Notice]] = field(default_factory=Kept, repr=False)

    @property
    def _territory(self) -> str:
        return self.ground.folder.id

    @property
    def _known_lines(self) -> Lines:
        return Lines(self.feeds, self.ground.communes.at)

    def lines(self) -> list[ServedLine]:
        """Return the lines that a notice may be about; none where the territory leaves published lines out."""
        return self._known_lines.all() if self.ground.modules.has(TRANSPORT) else []

    def line_of(self, notice: Notice) -> ServedLine | None:
        """Return what the line of a notice is today; None where it is about none, or one that is no more."""
        return self._known_lines.again(notice.line, notice.communes) if notice.line else None

    def of_lines(self, day: date, written: Sequence[Notice] | None = None) -> list[LineNotice]:
        """Return what is to be known on a day of the lines that journeys may take then.

        ``written`` is what was :meth:`written`, where that was read already.
        """
        zone = self.clock().tzinfo or UTC
        told = [
            notice
            for notice in (self.written() if written is None else written)
            if notice.line and notice.holds_on(day, zone)
        ]
        return [
            LineNotice(notice, frozenset((served.line.feed, identifier) for identifier in served.ids))
            for notice in told
            if (served := self.line_of(notice))
        ]

    def seen(self, *communes: str, written: Sequence[Notice] | None = None) -> list[Notice]:
        """Return what holds now or soon for some communes, or for any where none is given: the grave first."""
        known = self.written() if written is None else written
        return seen([*self._gather(), *known], self.clock(), communes)

    def written(self) -> list[Notice]:
        """Return what is written by hand and is not over, the newest first."""
        with self.store().reading() as tx:
            found = written_notices(tx, self._territory, now=self.clock())
        return [notice for notice in found if notice.line is None or self.ground.modules.has(TRANSPORT)]

    def _gather(self) -> list[Notice]:
        now = self.clock()

        def made() -> list[Notice]:
            return [*self._of_calendar(now), *feed_notices(self.feeds, self.ground.communes.at, now)]

        return self._gathered.get((self.calendar.dates_stamp(now.date()), self.feeds.stamp), made)

    def _of_calendar(self, now: datetime) -> list[Notice]:
        plan = self.calendar.saved()
        if plan is None:
            return []
        dated = self.calendar.dated()
        found = season_notices(dated, plan.problem, self.calendar.agenda(), now)
        with self.store().reading() as tx:
            news = latest_news(settled_entries(tx, self._territory, SETTLED), now)
        return [*found, *missed_notices(*news, plan, dated, now), *new_calendar_notices(*news)] if news else found

    def drafted(self, draft: Draft, *, now: datetime) -> Notice:
        """Return a draft as the notice that it would be; every fault names its field."""
        with Faults() as faults:
            for value, most, name in ((draft.title, LONGEST_TITLE, "title"), (draft.text, LONGEST_TEXT, "text")):
                if not value.strip():
                    faults.add(MobilityError("empty-value", f"a notice needs a {name}", field=name))
                if len(value) > most:
                    faults.add(
                        MobilityError("too-long", f"the {name} has more than {most} letters", field=name, most=most)
                    )
            communes, line = faults.of(lambda: self._where(draft), (frozenset(), None))
            if draft.last and draft.last < draft.first:
                raise MobilityError(
                    "dates-reversed", f"it ends on {draft.last}, before {draft.first}", field="last",
                    first=draft.first.isoformat(), last=draft.last.isoformat(),
                )  # fmt: skip
            if draft.last and draft.last < now.date():
                # Nobody would ever read it.
                raise MobilityError("day-over", f"{draft.last} is over", field="last", value=draft.last.isoformat())
        zone = now.tzinfo or UTC
        return Notice(
            new_id(), WRITTEN, draft.gravity if draft.gravity in GRAVITIES else GRAVITIES[-1],
            midnight(draft.first, zone), midnight(draft.last + timedelta(days=1), zone) if draft.last else None,
            now.replace(microsecond=0), communes, facts={"title": draft.title.strip(), "text": draft.text.strip()},
            line=line,
        )  # fmt: skip

    def visits_within(self, notice: Notice) -> list[Event]:
        """Return the visits that stay promised while a notice of some communes, or of all of them, holds."""
        if self.calendar.saved() is None:
            return []
        return [
            event
            for event in self.calendar.agenda()
            if event.status != CANCELLED
            and event.ends > max(notice.begins, self.clock())
            and (notice.ends is None or event.starts < notice.ends)
            and (not notice.communes or event.commune in notice.communes)
        ]

    def _where(self, draft: Draft) -> tuple[frozenset[str], Line | None]:
        """Return the communes of a draft, and its line where it is about one."""
        if draft.line:
            served = self._known_lines.find(*draft.line)
            return served.communes, served.line
        found = (self.ground.territory.find_commune(code, field="commune") for code in draft.communes)
        return frozenset(commune.insee for commune in found), None

    def write(self, draft: Draft, *, now: datetime, who: str) -> Notice:
        """Write a notice: from now on it is shown where it concerns someone. The same one twice is one."""
        made = self.drafted(draft, now=now)
        with self.store().writing("notices") as tx:
            for known in written_notices(tx, self._territory, now=now):
                if _content(known) == _content(made):
                    return known
            add_notice(tx, made, territory=self._territory, author=who)
            note(tx, who, "notice-written", about=made.id, now=now)
        return made

    def end(self, identifier: str, *, now: datetime, who: str) -> None:
        """End a notice that was written by hand: it is shown no more."""
        with self.store().writing() as tx:
            if end_notice(tx, identifier, territory=self._territory, now=now):
                note(tx, who, "notice-ended", about=identifier, now=now)


def notices_due(desk: NoticeDesk, now: datetime, visitor: Visitor) -> Iterator[Due]:
    """Return, to planners, what was written by hand and ends by tomorrow night, or is about a line that is no more."""
    if PLANNER not in visitor.roles:
        return
    by = midnight(now.date() + timedelta(days=2), now.tzinfo or UTC)
    for notice in desk.written():
        told = str(notice.facts["title"])
        if notice.ends and notice.ends <= by:
            yield Due("notice-ends", notice.ends, notice.id, shown=told)
        elif notice.line and desk.line_of(notice) is None:
            yield Due("notice-lost", None, notice.id, shown=told)


def _content(notice: Notice) -> tuple[object, ...]:
    return (notice.gravity, notice.communes, notice.line, notice.begins, notice.ends, dict(notice.facts))
