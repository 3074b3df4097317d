"""A way on the map: each step a line, by road where it is driven."""

from desks.ground import Ground
from desks.transport.journey_planner import JourneyPlanner
from maps.layers import MapContent, RoundLine, StopMark
from mobility.errors import MobilityError
from mobility.journeys import ON_DEMAND, RIDE, VOLUNTEER, WALK, Leg
from mobility.places import Place, Point
from mobility.ways import Question, Way
from webapp.pictures.commune_map import ROAD_ATTRIBUTION, commune_map
from webapp.words.journeys import leg_words
from webapp.words.ways import name_of

STYLES = {RIDE: 1, ON_DEMAND: 3, VOLUNTEER: 0, WALK: 5}
"""Line of each kind of leg: colour and dashes, both told in the legend."""


def way_map(ground: Ground, planner: JourneyPlanner, asked: Question, way: Way) -> MapContent:
    """Return the map of one way, there (and back where it differs)."""
    lines: list[RoundLine] = []
    marks = [
        StopMark(asked.origin.point, "A", asked.origin.name),
        StopMark(way.destination.point, "B", way.destination.name),
    ]
    for journey in way.journeys:
        for leg in journey.legs:
            points = _points(ground, planner, asked, leg)
            if len(points) > 1:
                names = name_of(leg.origin, planner, asked), name_of(leg.destination, planner, asked)
                lines.append(RoundLine(points, leg_words(leg, names, planner.service(leg)), STYLES[leg.kind]))
    return commune_map(
        ground, f"{asked.origin.name} – {way.destination.name}",
        "Le trajet sur la carte ; les étapes écrites disent la même chose.",
        attribution=ROAD_ATTRIBUTION, lines=lines, stops=marks,
        around=[*(point for line in lines for point in line.points), asked.origin.point, way.destination.point],
    )  # fmt: skip


def _points(ground: Ground, planner: JourneyPlanner, asked: Question, leg: Leg) -> tuple[Point, ...]:
    if leg.kind == RIDE:
        return planner.line_points(leg)
    ends = [_place(leg.origin, planner, asked), _place(leg.destination, planner, asked)]
    start, end = ends
    if start is None or end is None:
        return ()
    if leg.kind in {VOLUNTEER, ON_DEMAND}:
        try:
            return tuple(ground.roads.path(start, end, "car").points)
        except MobilityError:
            return (start.point, end.point)
    return (start.point, end.point)


def _place(identifier: str, planner: JourneyPlanner, asked: Question) -> Place | None:
    own = next((place for place in (asked.origin, *asked.destinations) if place.id == identifier), None)
    if own:
        return own
    index = planner.timetable.stop_index.get(identifier)
    point = planner.timetable.points[index] if index is not None else None
    return Place(identifier, identifier, point) if point else None
