"""What a driver offers, read from the form that their file and the list of drivers share."""

from collections.abc import Mapping

from desks.house import House
from mobility.clock import DAY, parse_clock, parse_day
from mobility.errors import Faults, MobilityError
from mobility.people import Contact, Newcomer
from mobility.places import Place, Point
from mobility.rides import ONCE, REGULAR, VOLUNTEER, RideOffer
from webapp.pages.form_values import stated_number
from webapp.pages.rides import newcomer_of, stated_contact
from webapp.server.visitor import own_places
from webapp.words import rides as words

STANDS = {
    "Nom": "nom", "Téléphone": "telephone", "mail": "mail", "De": "de", "Vers": "vers", "Début": "debut", "Fin": "fin",
    "closes": "fin", "Jour": "jour", "Places": "places", "Kilomètres": "rayon", "weekdays": "semaine",
}  # fmt: skip
"""Where the form of an offer says a fault, by the field of the error; elsewhere at the top of the page."""
_HERE = Place("", "", Point(0, 0))
"""What stands in for a place that is still to be mended."""


def stated_offer(here: House, form: Mapping[str, str]) -> RideOffer:
    """Read from a form what someone offers; who that is stands beside it, or is known."""
    going, once, reach = (form.get(name, "").strip() for name in ("vers", "jour", "rayon"))
    kind = ONCE if going and once else REGULAR if going else VOLUNTEER
    until = form.get("fin", "")
    with Faults() as faults:
        origin = faults.of(lambda: own_places().find(form.get("de", ""), field="De", now=here.clock()), _HERE)
        end = faults.of(lambda: own_places().find(going, field="Vers", now=here.clock()), _HERE) if going else origin
        opens = faults.of(lambda: parse_clock(form.get("debut", ""), field="Début"), -1)
        # Who makes a trip need not say when it is over.
        closes = faults.of(lambda: parse_clock(until, field="Fin"), DAY) if until or kind == VOLUNTEER else opens
        day = faults.of(lambda: parse_day(once, field="Jour"), here.today()) if once else None
        if day and day < here.today():
            faults.add(MobilityError("day-over", f"{day} is over", field="Jour", value=day.isoformat()))
        seats = faults.of(lambda: stated_number(form.get("places", "3").strip(), 1, 8, field="Places"), 1)
        most = faults.of(lambda: stated_number(reach or "80", 1, 500, field="Kilomètres"), 1)
        return RideOffer(
            "", "", kind, origin, end, opens, closes,
            frozenset(number for number in range(1, 8) if form.get(f"jour-{number}")), day if kind == ONCE else None,
            seats, frozenset(ability for ability in words.ABILITIES if form.get(f"besoin-{ability}")), 1000.0 * most,
        )  # fmt: skip


def stated_driver(here: House, form: Mapping[str, str]) -> tuple[RideOffer, Newcomer]:
    """Read from a form what someone new offers, and who they are."""
    with Faults() as faults:
        contact = faults.of(lambda: stated_contact(form), Contact())
        offered = stated_offer(here, form)
    return offered, newcomer_of(here, form, contact, offered.origin, offered.kind)
