"""The planner's scenarios: stated, given a calendar, renamed, forgotten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data import scenarios as records
from data.journal import note
from data.plan_files import parse_plan, plan_text
from data.scenarios import Scenario
from data.store import Store
from mobility.bus_calendar import Plan
from mobility.errors import MobilityError


@dataclass(frozen=True)
class Scenarios:
    """The scenarios of a territory, kept in its database; ``clock`` gives the present."""

    store: Store
    territory: str
    clock: Callable[[], datetime]

    def all(self) -> list[Scenario]:
        """Return every scenario, the last changed first."""
        with self.store.reading() as tx:
            return records.all_scenarios(tx, self.territory)

    def find(self, identifier: str) -> Scenario:
        """Return a scenario; an error where there is none of this identifier."""
        with self.store.reading() as tx:
            return records.find_scenario(tx, identifier)

    def add(self, name: str, form: Mapping[str, str], author: str, plan: Plan | None = None) -> Scenario:
        """Keep what was stated as a new scenario, with its calendar where there is one already."""
        now = self.clock()
        with self.store.writing() as tx:
            made = records.add_scenario(tx, name, form, territory=self.territory, author=author, now=now)
            if plan:
                records.keep_plan(tx, made.id, plan_text(plan), now=now)
            if author:
                note(tx, author, "scenario-added", about=made.id, now=now)
        return made

    def keep_plan(self, identifier: str, plan: Plan) -> None:
        """Keep the calendar that was found for a scenario."""
        with self.store.writing() as tx:
            records.keep_plan(tx, identifier, plan_text(plan), now=self.clock())

    def rename(self, identifier: str, name: str, *, who: str) -> None:
        """Give a scenario another name; an error where it is empty."""
        with self.store.writing() as tx:
            records.rename_scenario(tx, identifier, name)
            note(tx, who, "scenario-renamed", about=identifier, now=self.clock())

    def forget(self, identifier: str, *, who: str) -> None:
        """Forget a scenario; what was in force of it stays in the history."""
        with self.store.writing() as tx:
            records.delete_scenario(tx, identifier)
            note(tx, who, "scenario-forgotten", about=identifier, now=self.clock())


def plan_of(scenario: Scenario) -> Plan:
    """Return the calendar of a scenario; an error where none was found yet."""
    if not scenario.plan:
        raise MobilityError("no-plan-yet", f"'{scenario.name}' has no calendar yet", field="scenario")
    return parse_plan(scenario.plan, f"{scenario.name}.json")
