"""The season that dates are given for: the planner's choice, kept between starts."""

import json
from datetime import date, timedelta

from data.holidays import public_holidays, school_holidays
from data.plan_store import PlanStore
from data.season_files import LONGEST_DAYS, SeasonChoice, parse_choice
from mobility.bus_calendar import Plan
from mobility.dates import DatedCalendar, DateRange, Season, date_calendar
from mobility.errors import MobilityError
from mobility.territory import Territory

SEASON = "season"
DEFAULT_WEEKS = 30


def chosen_season(plans: PlanStore) -> SeasonChoice:
    """Return the saved choice, or the default."""
    text = plans.text(SEASON)
    return parse_choice(json.loads(text)) if text else SeasonChoice()


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
        public_holidays=public_holidays(first, last),
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
