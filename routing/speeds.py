"""How fast one drives: the legal limit of a road, and the speed one really keeps on it.

Legal limits come from the Code de la route: art. R413-2 (130 km/h on motorways, 110 on roads with separated
carriageways, 80 on the others), art. R413-3 (50 in built-up areas), art. R110-2 and R413-14 (20 in "zones de
rencontre", 30 in "zones 30"). Usual speeds by class, on free roads with their bends and villages, are assumptions of
the project, between the 60 km/h that the territory's own ride-sharing service counted with and the limits.
"""

import re
from collections.abc import Mapping

from mobility.written import is_number
from routing.profiles import VehicleProfile

USUAL_SPEED_KMH = {
    "motorway": 118.0,
    "motorway_link": 60.0,
    "trunk": 85.0,
    "trunk_link": 50.0,
    "primary": 66.0,
    "primary_link": 45.0,
    "secondary": 60.0,
    "secondary_link": 40.0,
    "tertiary": 52.0,
    "tertiary_link": 38.0,
    "unclassified": 42.0,
    "residential": 30.0,
    "road": 40.0,
    "living_street": 12.0,
    "service": 15.0,
    "track": 15.0,
}
"""Speed of a car on a free road of each class of OSM that may be driven."""

FOOTWAYS = {"footway", "path", "pedestrian", "steps", "cycleway", "bridleway", "corridor"}
"""Classes of OSM that only walkers and riders use."""

LEGAL_DEFAULT_KMH = {"motorway": 130.0, "residential": 50.0, "living_street": 20.0}
RURAL_LIMIT_KMH = 80.0
DUAL_CARRIAGEWAY_KMH = 110.0
MILE = 1.609344

SPEED_ZONES_KMH = {"motorway": 130.0, "trunk": 110.0, "rural": 80.0, "urban": 50.0, "living_street": 20.0, "walk": 6.0}
"""What the second half of an implicit maxspeed ("FR:rural") means in France."""
FOREIGN_ZONES_KMH = {"DE:rural": 100.0, "DE:motorway": 130.0, "CH:trunk": 100.0, "CH:motorway": 120.0, "PT:rural": 90.0,
                     "PT:trunk": 100.0, "PT:motorway": 120.0, "LI:rural": 80.0}  # fmt: skip

SURFACE_RATIO = {
    "compacted": 0.8, "fine_gravel": 0.7, "sett": 0.8, "cobblestone": 0.6, "unpaved": 0.6, "gravel": 0.55,
    "pebblestone": 0.5, "dirt": 0.45, "earth": 0.45, "ground": 0.45, "grass": 0.35, "mud": 0.2, "sand": 0.3,
}  # fmt: skip
"""Share of the usual speed kept on a surface; anything paved counts as 1."""
TRACK_RATIO = {1: 1.0, 2: 0.7, 3: 0.5, 4: 0.35, 5: 0.2}

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/h|kmh|mph)?$")
_ZONE = re.compile(r"^(?:[A-Z]{2}:)?zone:?(\d+)$", re.IGNORECASE)


def legal_speed(tags: Mapping[str, str], direction: str) -> float:
    """Return the legal limit in km/h of a way in a direction ("forward" or "backward")."""
    for key in (f"maxspeed:{direction}", "maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed"):
        limit = parse_maxspeed(tags.get(key, ""))
        if limit is not None:
            return limit
    highway = tags.get("highway", "")
    if highway in LEGAL_DEFAULT_KMH:
        return LEGAL_DEFAULT_KMH[highway]
    if highway == "trunk" and (tags.get("dual_carriageway") == "yes" or tags.get("oneway") == "yes"):
        return DUAL_CARRIAGEWAY_KMH
    return RURAL_LIMIT_KMH


def parse_maxspeed(text: str) -> float | None:
    """Read a maxspeed value in km/h: "50", "30 mph", "FR:urban", "FR:zone30", "none"; None where it says nothing."""
    limits = []
    for value in (part.strip() for part in text.split(";")):
        number, zone = _NUMBER.match(value.lower()), _ZONE.match(value)
        if number:
            limits.append(float(number[1]) * (MILE if number[2] == "mph" else 1.0))
        elif zone:
            limits.append(float(zone[1]))
        elif value in FOREIGN_ZONES_KMH:
            limits.append(FOREIGN_ZONES_KMH[value])
        elif is_number(value.partition(":")[2]):
            limits.append(float(value.partition(":")[2]))
        elif value == "none":
            limits.append(130.0)
        elif (value.partition(":")[2] or value) in SPEED_ZONES_KMH:
            limits.append(SPEED_ZONES_KMH[value.partition(":")[2] or value])
    return min((limit for limit in limits if limit > 0), default=None)


def driving_speed(tags: Mapping[str, str], direction: str, profile: VehicleProfile) -> float:
    """Return the speed in km/h that a vehicle keeps on a way in a direction; 0 where its class is not driven.

    A posted limit above the class's usual speed lifts that speed half-way: a straight road is faster than its class.
    """
    if profile.on_foot:
        return profile.max_speed_kmh
    usual = USUAL_SPEED_KMH.get(tags.get("highway", ""), 0.0)
    if not usual:
        return 0.0
    limit = legal_speed(tags, direction)
    posted = parse_maxspeed(tags.get(f"maxspeed:{direction}", tags.get("maxspeed", "")))
    if posted is not None and posted > usual:
        usual = (usual + posted) / 2
    ratio = SURFACE_RATIO.get(tags.get("surface", ""), 1.0)
    if tags.get("highway") == "track":
        ratio = min(ratio, TRACK_RATIO.get(track_grade(tags), 0.5))
    return min(usual, limit, profile.max_speed_kmh) * profile.speed_ratio * ratio


def track_grade(tags: Mapping[str, str]) -> int:
    """Return the grade of a track, 1 (paved) to 5; 3 where it is not told."""
    grade = tags.get("tracktype", "")
    return int(grade[5]) if re.fullmatch(r"grade[1-5]", grade) else 3
