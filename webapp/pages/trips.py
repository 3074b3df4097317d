"""Journeys for helpers: from a place to another, there and back, in steps that can be read aloud."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import Blueprint, render_template, request

from mobility.clock import parse_clock
from mobility.errors import MobilityError
from mobility.journeys import Journey
from mobility.places import Place
from webapp.french import duration_words, time_words
from webapp.journey_planner import JourneyPlanner
from webapp.journey_words import booking_words, confirm_words, leg_words, station_words
from webapp.messages import french_error
from webapp.pages.communes import nearest_stops
from webapp.site import Site, site

pages = Blueprint("trips", __name__)
SHOWN = 6
"""Journeys shown each way."""
FARTHEST = timedelta(days=400)
DIRECTIONS = {"arriver": "Y être avant", "partir": "Partir après"}


@dataclass
class Asked:
    """What the form says, as typed."""

    origin: str
    destination: str
    day: str
    direction: str
    hour: str
    back: str

    @property
    def given(self) -> bool:
        """Tell whether there is something to search."""
        return bool(self.origin and self.destination)


@dataclass
class Answer:
    """What was found: journeys there and back, and what else can be said."""

    origin: Place
    destination: Place
    day: date
    there: list[dict[str, object]] = field(default_factory=list)
    back: list[dict[str, object]] = field(default_factory=list)
    asked_back: bool = False
    to_ask: list[dict[str, str]] = field(default_factory=list)


@pages.get("/trajets")
def index() -> str:
    """Show the form, and the journeys where one is asked for."""
    here = site()
    tomorrow = here.today() + timedelta(days=1)
    asked = Asked(
        request.args.get("de", "").strip(), request.args.get("vers", "").strip(),
        request.args.get("jour", "").strip() or tomorrow.isoformat(),
        request.args.get("sens", "arriver") if request.args.get("sens") in DIRECTIONS else "arriver",
        request.args.get("heure", "").strip() or "10:00", request.args.get("retour", "").strip(),
    )  # fmt: skip
    answer, trouble = None, ""
    if asked.given:
        try:
            answer = _answer(here, asked)
        except MobilityError as error:
            trouble = french_error(error, here.names())
    return render_template(
        "trips.html", asked=asked, answer=answer, trouble=trouble, directions=DIRECTIONS, places=_known_places(here),
        credits=here.credits(), bus=_bus_words(here, answer) if answer else None,
    )  # fmt: skip


def _answer(here: Site, asked: Asked) -> Answer:
    try:
        day = date.fromisoformat(asked.day)
    except ValueError:
        raise MobilityError("bad-date", f"'{asked.day}' is not a date", field="Jour", value=asked.day) from None
    if abs(day - here.today()) > FARTHEST:
        raise MobilityError("bad-date", f"'{asked.day}' is too far away", field="Jour", value=asked.day)
    hour = parse_clock(asked.hour, field="Heure")
    back = parse_clock(asked.back, field="Retour") if asked.back else None
    planner = here.planner(day)
    origin = planner.place(asked.origin, field="De")
    destination = planner.place(asked.destination, field="Vers")
    if asked.direction == "arriver":
        there = planner.search.arriving(origin, destination, hour)
    else:
        there = planner.departing(origin, destination, hour)
    home = planner.departing(destination, origin, back) if back is not None else []
    return Answer(
        origin, destination, day, [_told(journey, planner) for journey in there[:SHOWN]],
        [_told(journey, planner) for journey in home[:SHOWN]], back is not None,
        [
            {
                "name": service.name, "telephone": service.booking.telephone if service.booking else "",
                "message": service.booking.message if service.booking else "",
            }
            for service in {s.id: s for place in (origin, destination) for s in planner.to_ask(place)}.values()
        ],
    )  # fmt: skip


def _told(journey: Journey, planner: JourneyPlanner) -> dict[str, object]:
    """Return a journey in words."""
    steps = []
    for leg in journey.legs:
        service = planner.service(leg)
        names = _name(leg.origin, planner), _name(leg.destination, planner)
        booking = booking_words(service.booking, planner.day, leg.departure) if service else ""
        steps.append({"words": leg_words(leg, names, service), "booking": booking})
    return {
        "leaves": time_words(journey.departure % 86_400), "arrives": time_words(journey.arrival % 86_400),
        "lasts": duration_words(journey.arrival - journey.departure), "rides": journey.rides,
        "walking": duration_words(journey.walking) if journey.walking else "", "steps": steps,
        "confirm": confirm_words(planner.to_confirm(journey)),
    }  # fmt: skip


def _name(place: str, planner: JourneyPlanner) -> str:
    name = planner.name_of(place)
    return station_words(name) if planner.is_station(place) else name


def _known_places(here: Site) -> list[str]:
    """Return the names that the form proposes: communes, old communes, stations."""
    names = {s.place.name for s in here.workspace.territory.settlements}
    for feed in here.feeds():
        names |= set(feed.tables["stops.txt"]["stop_name"]) if len(feed.tables["stops.txt"]) <= 500 else set()
    return sorted(names)


def _bus_words(here: Site, answer: Answer) -> dict[str, object] | None:
    """Return where and when the bus of public services comes nearest to where one leaves from."""
    commune = here.workspace.communes.at(answer.origin.point)
    if not commune or commune in here.workspace.territory.poles:
        return None
    plan = here.plan()
    own = [s for s in plan.problem.stops if s.commune == commune and plan.solution.calendar.at(s.id)]
    if own:
        coming = here.dated().next_at([stop.id for stop in own], here.today(), 1)
        return {"stop": own[0], "seconds": 0.0, "visit": coming[0] if coming else None, "commune": commune}
    nearest = nearest_stops(here, plan, commune)
    if not nearest:
        return None
    stop, seconds, visit = nearest[0]
    return {"stop": stop, "seconds": seconds, "visit": visit, "commune": stop.commune}
