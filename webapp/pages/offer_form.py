"""What a driver offers, read from the form that their file and the list of drivers share."""

from collections.abc import Mapping

from desks.house import House
from mobility.clock import parse_clock, parse_day
from mobility.errors import MobilityError
from mobility.people import Newcomer
from mobility.rides import ONCE, REGULAR, VOLUNTEER, RideOffer
from webapp.pages.form_values import stated_number
from webapp.pages.rides import stated_person
from webapp.words import rides as words

STANDS = {
    "De": "de", "Vers": "vers", "Jour": "jour", "Début": "debut", "Fin": "fin", "Places": "places",
    "Kilomètres": "rayon", "Nom": "nom", "mail": "mail",
}  # fmt: skip
"""Where the form of an offer says a fault, by the field of the error; elsewhere at the top of the page."""


def stated_offer(here: House, form: Mapping[str, str]) -> RideOffer:
    """Read from a form what someone offers; who that is stands beside it, or is known."""
    origin = here.places.find(form.get("de", ""), field="De", now=here.clock())
    destination = (
        here.places.find(form["vers"], field="Vers", now=here.clock()) if form.get("vers", "").strip() else origin
    )
    day = parse_day(form["jour"], field="Jour") if form.get("jour") else None
    if day and day < here.today():
        raise MobilityError("day-over", f"{day} is over", field="Jour", value=day.isoformat())
    kind = VOLUNTEER if destination is origin else ONCE if day else REGULAR
    opens = parse_clock(form.get("debut") or "", field="Début")
    closes = parse_clock(form.get("fin") or form.get("debut") or "", field="Fin")
    seats = stated_number(form.get("places", "3").strip(), 1, 8, field="Places")
    reach = stated_number(form.get("rayon", "").strip() or "80", 1, 500, field="Kilomètres")
    weekdays = frozenset(number for number in range(1, 8) if form.get(f"jour-{number}"))
    return RideOffer(
        "", "", kind, origin, destination, opens, closes, weekdays, day if kind == ONCE else None, seats,
        frozenset(ability for ability in words.ABILITIES if form.get(f"besoin-{ability}")), 1000.0 * reach,
    )  # fmt: skip


def stated_driver(here: House, form: Mapping[str, str], offered: RideOffer) -> Newcomer:
    """Read from a form a driver who is new, with what they offer."""
    return stated_person(here, form, offered.origin, offered.kind)
