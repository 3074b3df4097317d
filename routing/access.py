"""Whether a vehicle may use a way or pass a barrier, by the tags of OpenStreetMap."""

import re
from collections.abc import Mapping

from routing.profiles import VehicleProfile
from routing.speeds import FOOTWAYS, USUAL_SPEED_KMH, track_grade

ALLOWED = {"yes", "permissive", "designated", "official", "destination", "customers", "delivery", "permit"}
CLOSED_BARRIERS = {
    "block", "bollard", "bus_trap", "chain", "cycle_barrier", "debris", "full-height_turnstile", "horse_stile",
    "jersey_barrier", "kissing_gate", "log", "motorcycle_barrier", "planter", "rope", "sump_buster", "spikes", "stile",
    "swing_gate", "turnstile", "wedge",
}  # fmt: skip
"""Barriers that stop a vehicle unless a tag says otherwise (a plain gate or lift gate is passed)."""

_SIZE = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(m|t|kg)?$")


def may_drive(tags: Mapping[str, str], profile: VehicleProfile) -> bool:
    """Tell whether a vehicle may use a way at all."""
    highway = tags.get("highway", "")
    if profile.on_foot:
        return _may_walk(tags, highway)
    if highway not in USUAL_SPEED_KMH or tags.get("area") == "yes":
        return False
    if highway == "track" and track_grade(tags) > profile.worst_track:
        return False
    if highway == "service" and tags.get("service") in {"parking_aisle", "drive-through", "emergency_access"}:
        return False
    return _allowed(tags, profile, default=True) and fits(tags, profile)


def _may_walk(tags: Mapping[str, str], highway: str) -> bool:
    """Tell whether one walks along a way: any road or path, but fast roads and what is closed to walkers."""
    if highway not in USUAL_SPEED_KMH and highway not in FOOTWAYS:
        return False
    if foot := tags.get("foot", ""):
        # Many roads say by which path one walks along them: they are walked all the same.
        return foot in ALLOWED | {"use_sidepath"}
    return not highway.startswith(("motorway", "trunk")) and tags.get("access", "yes") in ALLOWED


def may_pass(tags: Mapping[str, str], profile: VehicleProfile) -> bool:
    """Tell whether a vehicle, or a walker, may pass a node with a barrier."""
    if profile.on_foot:
        return tags.get("foot", tags.get("access", "yes")) not in {"no", "private"}
    return _allowed(tags, profile, default=tags.get("barrier", "") not in CLOSED_BARRIERS) and fits(tags, profile)


def _allowed(tags: Mapping[str, str], profile: VehicleProfile, *, default: bool) -> bool:
    for mode in profile.modes:
        if mode in tags:
            return tags[mode] in ALLOWED
    return default


def fits(tags: Mapping[str, str], profile: VehicleProfile) -> bool:
    """Tell whether a vehicle is low, narrow and light enough."""
    limits = (("maxheight", profile.height), ("maxwidth", profile.width), ("maxweight", profile.weight))
    return all(size <= _limit(tags.get(key, "")) for key, size in limits)


def _limit(text: str) -> float:
    """Read "3.5", "3,5 t" or "2.1 m"; infinity where no figure is given ("default", "none")."""
    match = _SIZE.match(text.strip().lower())
    if not match:
        return float("inf")
    value = float(match[1].replace(",", "."))
    return value / 1000 if match[2] == "kg" else value


def directions(tags: Mapping[str, str], profile: VehicleProfile) -> tuple[bool, bool]:
    """Return whether a way is driven, or walked, forward and backward."""
    if profile.on_foot:
        return True, True
    oneway = tags.get("oneway", "")
    for mode in profile.modes:
        oneway = tags.get(f"oneway:{mode}", oneway) if mode != "access" else oneway
    if not oneway and (
        tags.get("junction") in {"roundabout", "circular"} or tags.get("highway", "").startswith("motorway")
    ):
        oneway = "yes"
    if oneway in {"yes", "true", "1"}:
        return True, False
    if oneway in {"-1", "reverse"}:
        return False, True
    return True, True
