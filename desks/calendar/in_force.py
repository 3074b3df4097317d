"""The calendar in force: its plan, its study, its dates, and how another takes its place."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from data.journal import note
from data.kept_files import DamagedError
from data.scenarios import HistoryEntry, entry_in_force, find_entry, history, keep_study, put_in_force
from data.store import Store, Transaction
from desks.calendar.agenda import planned_events, tell_agendas, told_already
from desks.calendar.missed import Following, visits_missed
from desks.calendar.planning import Planning
from desks.calendar.saved import CURRENT_PLAN, SavedCalendar, Statement, clear, lay_ready, read_saved, swap
from desks.calendar.season import SEASON, build_season, chosen_season, dated
from desks.calendar.study import compare, explain
from desks.kept import Kept
from mobility.agenda import Event
from mobility.bus_calendar import Judgement, Plan
from mobility.dates import DatedCalendar, date_calendar
from mobility.errors import MobilityError, UnavailableError
from mobility.travel import Progress
from tours.judge import judge_calendar


@dataclass(frozen=True)
class CalendarInForce:
    """The calendar in force, read again when its file changes; ``store`` opens the database that keeps its history."""

    planning: Planning
    store: Callable[[], Store]
    clock: Callable[[], datetime]
    _saved: Kept[SavedCalendar | None] = field(default_factory=Kept, repr=False)
    _study: Kept[dict[str, Any]] = field(default_factory=Kept, repr=False)
    _dated: Kept[DatedCalendar] = field(default_factory=Kept, repr=False)
    _agenda: Kept[list[Event]] = field(default_factory=Kept, repr=False)

    @property
    def stamp(self) -> int | None:
        """Return what changes with the plan: when it was written, in nanoseconds; None where there is none."""
        return self.planning.plans.stamp(CURRENT_PLAN)

    @property
    def _territory(self) -> str:
        return self.planning.ground.folder.id

    def _read(self) -> SavedCalendar | None:
        return self._saved.get(self.stamp, lambda: read_saved(self.planning.plans))

    @property
    def whole(self) -> bool:
        """Tell whether the file of the calendar can be read, or there is none yet; else its copy stands for it."""
        try:
            saved = self._read()
            # What was read before may be out of reach since, without having been written.
            self.planning.plans.text(CURRENT_PLAN)
        except (MobilityError, DamagedError):
            return False
        return saved is None or saved.whole

    def _current(self) -> SavedCalendar:
        saved = self._read()
        if saved is None:
            raise MobilityError("no-plan", "there is no calendar yet", field="plan")
        return saved

    def saved(self) -> Plan | None:
        """Return the plan in force, or None."""
        saved = self._read()
        return saved.plan if saved else None

    def plan(self) -> Plan:
        """Return the plan in force; without one, an error that says to make one."""
        return self._current().plan

    def explained(self) -> tuple[Plan, dict[str, Any]]:
        """Return the plan in force with the study that is of it (empty where there is none)."""
        saved, plans = self._current(), self.planning.plans
        stamp = (saved.study, plans.stamp(saved.study))
        return saved.plan, self._study.get(stamp, lambda: plans.document(saved.study))

    def measure(self, plan: Plan) -> Judgement | None:
        """Judge a calendar by the need of the one in force, with its own buses, half-days and rules."""
        current = self.saved()
        if current is None:
            return None
        need = self.planning.problem(current.intent)
        known = all(stop in need.stops_by_id for stop in plan.solution.calendar.stops())
        return judge_calendar(
            plan.solution.calendar, replace(plan.problem, groups=need.groups) if known else plan.problem
        )  # fmt: skip

    def dated(self) -> DatedCalendar:
        """Return the dates of the plan."""
        plans, territory, today = self.planning.plans, self.planning.ground.territory, self.clock().date()
        return self._dated.get(self.dates_stamp(today), lambda: dated(plans, territory, self.plan(), today))

    def dates_stamp(self, today: date) -> tuple[object, ...]:
        """Return what changes with the dates: the plan, the season, the day."""
        return (self.stamp, self.planning.plans.stamp(SEASON), today)

    def agenda(self) -> list[Event]:
        """Return what agendas are told of the calendar, what they must be told of former ones included."""
        now = self.clock()

        def planned() -> list[Event]:
            return planned_events(self.dated(), self.plan().problem, now.tzinfo or UTC, now)

        try:
            return self._agenda.get(
                self.dates_stamp(now.date()), lambda: tell_agendas(self.store(), self._territory, planned(), now)
            )
        except UnavailableError:
            # Nothing can be written: what changes is told once it can be remembered.
            return told_already(self.store(), self._territory, now) or planned()

    def following(self, plan: Plan) -> Following:
        """Return what would follow for those who count on the calendar in force if another took its place."""
        before, now = self.saved(), self.clock()
        if before is None:
            return Following((), frozenset())
        season = build_season(self.planning.ground.territory, chosen_season(self.planning.plans), now.date())
        after = date_calendar(plan.solution.calendar, plan.problem, season)
        return Following(
            visits_missed(before, plan, after, since=now, now=now), _communes(before) - _communes(plan)
        )  # fmt: skip

    def put(
        self, plan: Plan, name: str, *, author: str, first_name: str, study: Mapping[str, Any] | None = None
    ) -> None:
        """Put a calendar in force: whoever is stopped on the way leaves the one before whole, or the new one whole.

        Put in force once more, as by a form that was sent twice, it is not written down again.
        ``study`` is what was explained of it already (default: its comparison alone); ``first_name`` names, in the
        history, the calendar that was in force before any was chosen.
        """
        if self.saved():
            # What everybody could read so far is told first: from when on it is otherwise can then be said.
            self.agenda()
        plans, explained, now = self.planning.plans, study or compare(self.planning, plan), self.clock()
        statement = Statement(self.planning.fingerprint(), adopted=True, name=name, author=author, at=now.isoformat())
        ready = lay_ready(plans, plan, explained, statement)
        self._complete(now, first_name)
        with self.store().writing("calendar") as tx:
            again = self._is_chosen(ready)
            if again and study:
                plans.save(self._current().study, dict(study))
                self._note_study(tx, ready, study)
            if not again:
                self._write_down(tx, ready, name, now)
                # The swap decides: should the end of the transaction fail, the history is completed when next read.
                swap(plans, ready)
        clear(plans, self._current() if again else ready)
        self.agenda()

    def _is_chosen(self, ready: SavedCalendar) -> bool:
        """Tell whether the calendar in force is this very one, chosen under the same name."""
        saved = self._read()
        if saved is None or not saved.statement.adopted:
            return False
        return (saved.text, saved.statement.name) == (ready.text, ready.statement.name)

    def _write_down(self, tx: Transaction, saved: SavedCalendar, name: str, at: datetime) -> None:
        study = self.planning.plans.document(saved.study)
        told = json.dumps(study, ensure_ascii=False) if study else ""
        author = saved.statement.author
        put_in_force(tx, name, saved.text, told, territory=self._territory, author=author, now=at)
        if author:
            note(tx, author, "calendar-put", now=self.clock())

    def _complete(self, now: datetime, first_name: str = "") -> None:
        """Write the calendar in force down in the history where whoever put it there was stopped before.

        ``first_name`` is for a calendar that nobody chose, where the history has none yet.
        """
        with self.store().reading() as tx:
            missing = self._missing(tx, now, first_name)
        if missing:
            with self.store().writing("calendar") as tx:
                # Read again: someone may have put another in force, and written that down, meanwhile.
                missing = self._missing(tx, now, first_name)
                if missing:
                    self._write_down(tx, *missing)

    def _missing(self, tx: Transaction, now: datetime, first_name: str) -> tuple[SavedCalendar, str, datetime] | None:
        """Return the calendar in force with its name and instant, if the history does not have it last."""
        saved, last = self._read(), entry_in_force(tx, self._territory)
        if saved is None:
            return None
        said = saved.statement
        at = datetime.fromisoformat(said.at) if said.at else now
        name = said.name or ("" if last else first_name)
        there = last and (last.plan, last.at) == (saved.text, at.astimezone(UTC))
        return (saved, name, at) if name and not there else None

    def history(self) -> list[HistoryEntry]:
        """Return the calendars that are or were in force, the newest first."""
        self._complete(self.clock())
        with self.store().reading() as tx:
            return history(tx, self._territory)

    def entry(self, number: int) -> HistoryEntry:
        """Return one calendar of the history."""
        with self.store().reading() as tx:
            return find_entry(tx, self._territory, number)

    def explain(self, progress: Progress) -> bool:
        """Explain the calendar in force; False where another took its place meanwhile, which is let be."""
        saved = self._current()
        study = explain(self.planning, saved.plan, progress)
        if self._current().study != saved.study:
            return False
        self.planning.plans.save(saved.study, study)
        with self.store().writing() as tx:
            self._note_study(tx, saved, study)
        return True

    def _note_study(self, tx: Transaction, saved: SavedCalendar, study: Mapping[str, Any]) -> None:
        keep_study(tx, self._territory, saved.text, json.dumps(study, ensure_ascii=False))


def _communes(plan: Plan) -> frozenset[str]:
    return frozenset(plan.problem.stops_by_id[stop].commune for stop in plan.solution.calendar.stops())
