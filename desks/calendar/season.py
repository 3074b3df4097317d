"""The season that dates are given for: the planner's choice, kept between starts."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from data.holidays import public_holidays, school_holidays
from data.kept_files import DamagedError
from data.plan_store import PlanStore
from data.season_files import LONGEST_DAYS, SeasonChoice, parse_choice
from mobility.bus_calendar import Plan
from mobility.dates import Closure, DatedCalendar, DateRange, Season, date_calendar
from mobility.errors import MobilityError
from mobility.territory import Territory

SEASON = "season"
_COPY = "season-copy"
"""Name of a second copy of it, for where the first cannot be read."""
DEFAULT_WEEKS = 30


def chosen_season(plans: PlanStore) -> SeasonChoice:
    """Return the saved choice, or the default; where its file is damaged, what the copy says."""
    return _chosen(plans)[0]


def season_whole(plans: PlanStore) -> bool:
    """Tell whether the file of the season can be read, or there is none yet; else its copy stands for it."""
    try:
        return _chosen(plans)[1]
    except MobilityError:
        return False


def keep_season_copy(plans: PlanStore) -> None:
    """Make the copy of the season what it should be, or the season what its copy says; nothing where none is whole."""
    if _as_its_copy(plans):
        return
    with plans.turn(SEASON), suppress(MobilityError):
        choice, whole = _chosen(plans)
        if not whole:
            plans.set_aside(SEASON)
        _save(plans, choice)


def _as_its_copy(plans: PlanStore) -> bool:
    if plans.stamp(SEASON) is None:
        return True
    with suppress(DamagedError):
        return season_whole(plans) and plans.text(SEASON) == plans.text(_COPY)
    return False


def _chosen(plans: PlanStore) -> tuple[SeasonChoice, bool]:
    try:
        return _read(plans, SEASON) or SeasonChoice(), True
    except MobilityError:
        with suppress(MobilityError):
            copied = _read(plans, _COPY)
            if copied:
                return copied, False
        raise


def _read(plans: PlanStore, name: str) -> SeasonChoice | None:
    try:
        return plans.whole(name, lambda text: parse_choice(json.loads(text)))
    except DamagedError as error:
        raise MobilityError(
            "broken-season", f"the season cannot be read ({error})", field=f"{name}.json", reason=str(error)
        ) from None


def _save(plans: PlanStore, choice: SeasonChoice) -> None:
    plans.save(SEASON, choice.document())
    plans.save(_COPY, choice.document())


def change_season(plans: PlanStore, decide: Callable[[SeasonChoice], SeasonChoice]) -> bool:
    """Keep what is decided on the choice as it is then; return whether that is another.

    Whoever decides on it at the same time waits for its turn.
    """
    with plans.turn(SEASON):
        known = chosen_season(plans)
        choice = decide(known)
        if choice != known:
            _save(plans, choice)
    return choice != known


def stamp_of_season(choice: SeasonChoice) -> str:
    """Return what changes whenever the season is set otherwise: whoever sets it says what they saw.

    Visits that a planner moved are decided by themselves; what came from lists decides nothing.
    """
    return _short({**choice.document(), "moves": [], "taken": []})


def closure_key(closure: Closure) -> str:
    """Return what tells a closure of the season, wherever in the list it stands."""
    days = closure.days
    return _short([days.name, days.first.isoformat(), days.last.isoformat(), closure.stop, closure.session])


def _short(told: object) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def build_season(territory: Territory, choice: SeasonChoice, today: date) -> Season:
    """Join a choice with the holidays of its days."""
    first = choice.first or today - timedelta(days=today.weekday())
    last = choice.last or first + timedelta(weeks=DEFAULT_WEEKS, days=-1)
    if last < first:
        last = first + timedelta(weeks=DEFAULT_WEEKS, days=-1)
    if (last - first).days > LONGEST_DAYS:
        raise MobilityError(
            "bad-season", f"the season must end after it starts, within {LONGEST_DAYS} days", field="last"
        )
    zone = territory.school_zone
    return Season(
        days=DateRange("season", first, last),
        policy=choice.policy,
        first_week=choice.first_week,
        anchor=choice.anchor,
        public_holidays=public_holidays(first, last, territory.holidays),
        school_holidays=school_holidays(first, last, zone) if zone else (),
        closures=choice.closures,
        moves=choice.moves,
        move_holidays=choice.move_holidays,
        pause_school=choice.pause_school,
    )


def dated(plans: PlanStore, territory: Territory, plan: Plan, today: date) -> DatedCalendar:
    """Return the dates of a plan in the chosen season."""
    season = build_season(territory, chosen_season(plans), today)
    return date_calendar(plan.solution.calendar, plan.problem, season)
