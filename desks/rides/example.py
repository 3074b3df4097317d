"""Example data for a territory: generated, the same each time, marked as an example, and taken away in one go."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from data.example_records import any_example, delete_example
from data.journal import note
from data.people import add_person
from data.ride_records import add_offer, add_request
from desks.rides.desk import RideDesk
from mobility.consent import CONSENTS, Consent
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.places import Place
from mobility.ride_scenario import Scenario, ScenarioShape, make_scenario
from mobility.rides import REGULAR, VOLUNTEER
from mobility.territory import Territory

DRIVERS, REQUESTS, SEED = 40, 60, 46


def scenario_of(
    territory: Territory, days: Sequence[date], *, drivers: int, requests: int, seed: int,
    shape: ScenarioShape | None = None,
) -> Scenario:  # fmt: skip
    """Return made-up offers and requests of a territory's settlements and poles."""
    homes: list[tuple[Place, float]] = [(s.place, s.population) for s in territory.settlements]
    rural = [(place, weight) for place, weight in homes if place.id not in territory.large_urban]
    towns = [territory.settlements_by_id[code].place for code in sorted(territory.poles)]
    return make_scenario(rural, towns, days, drivers=drivers, requests=requests, seed=seed, shape=shape)


def load_example(desk: RideDesk, alias: Callable[[str, int, str], str], *, now: datetime, who: str) -> tuple[int, int]:
    """Fill the store with example drivers and the requests of the coming fortnight; return how many of each.

    ``alias`` names a person by kind, number and commune.
    """
    today = desk.today(now)
    days = [day for day in (today + timedelta(days=i) for i in range(1, 15)) if day.isoweekday() <= 5]
    made = scenario_of(
        desk.ground.territory, days, drivers=DRIVERS, requests=REQUESTS, seed=SEED,
        shape=ScenarioShape(volunteers=0.6),
    )  # fmt: skip
    agreed = tuple(Consent(what) for what in CONSENTS)
    with desk.store.writing() as tx:
        for number, offer in enumerate(made.offers):
            home, lives = desk.ground.home(offer.origin)
            name = alias(offer.kind, number + 1, lives)
            nobody = Newcomer(Person("", DRIVER, name, home), _nobody(name, number), agreed)
            person = add_person(tx, nobody, now=now, by=who, example=True)
            wide = replace(offer, id="", driver=person.id)
            if offer.kind == VOLUNTEER:
                wide = replace(wide, weekdays=frozenset({1 + number % 5, 1 + (number + 2) % 5}))
            elif number % 2:
                wide = replace(wide, kind=REGULAR, day=None, weekdays=frozenset(range(1, 6)))
            add_offer(tx, wide, now=now)
        for number, request in enumerate(made.requests):
            home, lives = desk.ground.home(request.origin)
            name = alias(RIDER, number + 1, lives)
            nobody = Newcomer(Person("", RIDER, name, home), _nobody(name, 500 + number), agreed)
            person = add_person(tx, nobody, now=now, by=who, example=True)
            add_request(tx, replace(request, id="", rider=person.id, agent=who), now=now)
        note(tx, who, "imported", why="example", now=now)
    return len(made.offers), len(made.requests)


def _nobody(name: str, number: int) -> Contact:
    """Return the contact of nobody: numbers of the range kept for fiction, addresses of a name kept for examples."""
    return Contact(name, f"06391{number:05d}", f"exemple{number}@example.org")


def has_example(desk: RideDesk) -> bool:
    """Tell whether example persons are in the store."""
    with desk.store.reading() as tx:
        return any_example(tx)


def clear_example(desk: RideDesk, *, now: datetime, who: str) -> int:
    """Take away every example person with all that is theirs; return how many."""
    with desk.store.writing() as tx:
        count = delete_example(tx)
        note(tx, who, "purged", why="example", now=now)
    return count
