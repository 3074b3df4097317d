"""What people must know of the bus: visits that do not take place or move, another calendar, the end of this one."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from data.plan_files import parse_plan
from data.scenarios import HistoryEntry
from desks.calendar.agenda import event_of
from desks.calendar.missed import visits_missed
from mobility.agenda import CANCELLED, Event
from mobility.bus_calendar import Plan
from mobility.dates import DatedCalendar, DatedVisit, SkippedVisit
from mobility.notices import (
    CALENDAR_ENDS,
    CALENDAR_OVER,
    CALM,
    CANCELLED_VISITS,
    GRAVE,
    LOST_STOPS,
    MISSED_VISITS,
    MOVED_VISITS,
    NEW_CALENDAR,
    ChangedVisit,
    Notice,
)
from mobility.problem import CalendarProblem

AHEAD = timedelta(days=28)
"""How long before is told what does not take place as usual, and that a calendar ends."""
NEW_FOR = timedelta(days=21)
"""How long a calendar is told as new."""
SETTLED = timedelta(days=1)
"""How long a calendar stands before it counts as what people were told: one that was taken back at once was no news."""
Positions = Mapping[str, frozenset[tuple[int, str, str]]]
"""The week, weekday and session of the visits of each commune."""


def season_notices(
    dated: DatedCalendar, problem: CalendarProblem, agenda: Sequence[Event], now: datetime
) -> list[Notice]:
    """Return what is to be known of the dates of the season; ``agenda`` tells since when of what it was told of."""
    zone = now.tzinfo or UTC
    gone = {event.uid: event.changed for event in agenda if event.status == CANCELLED}
    told = {event.uid: event.changed for event in agenda}
    return [
        *_skipped(dated, problem, gone, now, zone), *_dropped(dated, problem, gone, now, zone),
        *_moved(dated, problem, told, now, zone), *_ends(dated, now, zone),
    ]  # fmt: skip


def _skipped(
    dated: DatedCalendar, problem: CalendarProblem, known: Mapping[str, datetime], now: datetime, zone: tzinfo
) -> list[Notice]:
    causes: dict[tuple[str, date, str], list[SkippedVisit]] = defaultdict(list)
    for skipped in dated.skipped:
        if now.date() <= skipped.day <= (now + AHEAD).date():
            causes[_cause(skipped, dated)].append(skipped)
    found = []
    for (kind, first, stop), visits in causes.items():
        changed = []
        for skipped in sorted(visits, key=lambda v: (v.day, v.visit.arrival)):
            gone = event_of(skipped.dated, problem, zone, now)
            following = dated.next_at([skipped.visit.stop], skipped.day + timedelta(days=1), 1)
            changed.append(ChangedVisit(gone, event_of(following[0], problem, zone, now) if following else None))
        name = f"visits-{kind}-{first:%Y%m%d}{f'-{stop}' if stop else ''}"
        told = [known.get(visit.gone.uid, visit.gone.starts - AHEAD) for visit in changed]
        gravity = GRAVE if kind in {"closure", "season"} else CALM
        found.append(_of_visits(name, CANCELLED_VISITS, gravity, changed, max(told), {"reason": visits[0].reason}))
    return found


def _dropped(
    dated: DatedCalendar, problem: CalendarProblem, known: Mapping[str, datetime], now: datetime, zone: tzinfo
) -> list[Notice]:
    """Return the usual days of what was moved and is kept away from its new day: there is no visit then either."""
    found = []
    for moved in (skipped.moved for skipped in dated.skipped if skipped.moved):
        usual, visit = moved.usual.day, moved.visit
        if now.date() <= usual <= (now + AHEAD).date():
            following = dated.next_at([visit.stop], usual + timedelta(days=1), 1)
            gone = event_of(moved.usual, problem, zone, now)
            changed = ChangedVisit(gone, event_of(following[0], problem, zone, now) if following else None)
            name, since = f"visits-dropped-{usual:%Y%m%d}-{visit.session}-{visit.stop}", known.get(gone.uid, now)
            found.append(_of_visits(name, CANCELLED_VISITS, GRAVE, [changed], since, {"reason": moved.reason}))
    return found


def _cause(skipped: SkippedVisit, dated: DatedCalendar) -> tuple[str, date, str]:
    """Return why a visit is skipped: the kind, the first day and the stop ("" for all) of what keeps it away."""
    day, stop = skipped.day, skipped.visit.stop
    if skipped.kind == "closure":
        held = skipped.dated.held or skipped.visit.session
        closure = next(c for c in dated.season.closures if c.keeps_away(stop, day, held))
        return skipped.kind, closure.days.first, closure.stop or ""
    if skipped.kind == "school":
        return skipped.kind, next(period.first for period in dated.season.school_holidays if day in period), ""
    return skipped.kind, day, ""


def _moved(
    dated: DatedCalendar, problem: CalendarProblem, told: Mapping[str, datetime], now: datetime, zone: tzinfo
) -> list[Notice]:
    """Return what does not stand on its usual day: of a holiday as one, of the planner's decisions each by itself."""
    causes: dict[str, list[DatedVisit]] = defaultdict(list)
    for visit in dated.moved:
        usual = visit.usual.day
        if max(usual, visit.day) >= now.date() and min(usual, visit.day) <= (now + AHEAD).date():
            decided = f"-{visit.visit.session}-{visit.visit.stop}" if visit.held else ""
            causes[f"moved-{usual:%Y%m%d}{decided}"].append(visit)
    found = []
    for name, visits in causes.items():
        changed = [ChangedVisit(event_of(v.usual, problem, zone, now), event_of(v, problem, zone, now)) for v in visits]
        first = visits[0]
        since = min(v.gone.starts for v in changed) - AHEAD
        # Known for years, a holiday surprises nobody; what was decided since does.
        updated = told.get(changed[0].gone.uid, now) if first.held else since
        found.append(
            _of_visits(name, MOVED_VISITS, GRAVE if first.held else CALM, changed, updated, {"reason": first.reason})
        )
    return found


def _of_visits(
    name: str, kind: str, gravity: str, visits: Sequence[ChangedVisit], updated: datetime,
    facts: Mapping[str, object],
) -> Notice:  # fmt: skip
    ends = [event.ends for visit in visits for event in (visit.gone, visit.instead) if event]
    last = max(ends) if kind == MOVED_VISITS else max(visit.gone.ends for visit in visits)
    return Notice(
        name, kind, gravity, min(visit.gone.starts for visit in visits), last, updated,
        frozenset(visit.gone.commune for visit in visits), tuple(visits), facts,
    )  # fmt: skip


def _ends(dated: DatedCalendar, now: datetime, zone: tzinfo) -> list[Notice]:
    """Return that no visit is to come any more, or that the last one is near."""
    if not dated.visits:
        return []
    last = dated.visits[-1].day
    after = midnight(last + timedelta(days=1), zone)
    if last < now.date():
        return [Notice("calendar-over", CALENDAR_OVER, GRAVE, after, None, after, facts={"last": last})]
    if last <= (now + AHEAD).date():
        name = f"calendar-ends-{last:%Y%m%d}"
        return [Notice(name, CALENDAR_ENDS, CALM, after, after, after - AHEAD, facts={"last": last})]
    return []


def latest_news(settled: Iterable[HistoryEntry], now: datetime) -> tuple[HistoryEntry, HistoryEntry] | None:
    """Return the calendar that came in force lately and the one that people were told before it; None without news.

    ``settled`` are the one in force and those that people were told before it, the newest first: of the same calendar
    several times in turn, the first time is its news.
    """
    entry: HistoryEntry | None = None
    after: Positions = {}
    for former in settled:
        before = _positions(former.plan)
        if entry and before != after:
            return (entry, former) if before else None
        if former.at <= now - NEW_FOR:
            break
        entry, after = former, before
    return None


def missed_notices(
    entry: HistoryEntry, former: HistoryEntry, plan: Plan, dated: DatedCalendar, now: datetime
) -> list[Notice]:
    """Return, day by day, that visits people count on are no more: whoever does not know it goes for nothing.

    ``plan`` is in force since ``entry``, with the dates ``dated``; ``former`` promised those visits.
    """
    days: dict[date, list[ChangedVisit]] = defaultdict(list)
    before = parse_plan(former.plan, former.name)
    for visit in visits_missed(before, plan, dated, since=entry.at, now=now):
        days[visit.gone.starts.astimezone(now.tzinfo).date()].append(visit)
    since = {"since": entry.at}
    return [
        _of_visits(f"calendar-{entry.number}-missed-{day:%Y%m%d}", MISSED_VISITS, GRAVE, visits, entry.at, since)
        for day, visits in days.items()
    ]


def new_calendar_notices(entry: HistoryEntry, former: HistoryEntry) -> list[Notice]:
    """Return what a calendar that came in force lately changes for whom, beside the one that people were told."""
    before, after = _positions(former.plan), _positions(entry.plan)
    lost = frozenset(commune for commune in before if commune not in after)
    gained = frozenset(commune for commune in after if commune not in before)
    other = frozenset(commune for commune in after if commune in before and after[commune] != before[commune])
    until, found = entry.at + NEW_FOR, []
    if lost:
        name = f"calendar-{entry.number}-lost"
        found.append(Notice(name, LOST_STOPS, GRAVE, entry.at, until, entry.at, lost, facts={"lost": lost}))
    if gained | other:
        facts = {"gained": gained, "other": other}
        name = f"calendar-{entry.number}"
        found.append(Notice(name, NEW_CALENDAR, CALM, entry.at, until, entry.at, gained | other, facts=facts))
    return found


def _positions(plan: str) -> Positions:
    found: dict[str, set[tuple[int, str, str]]] = defaultdict(set)
    for visit in json.loads(plan).get("visits", []):
        found[visit["commune"]].add((visit["week"], visit["weekday"], visit["session"]))
    return {commune: frozenset(positions) for commune, positions in found.items()}


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the instant at which a day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
