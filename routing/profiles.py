"""Vehicle profiles: what may be driven, and how fast."""

from dataclasses import dataclass

from mobility.errors import MobilityError
from mobility.travel import ON_FOOT, WALK_SPEED


@dataclass(frozen=True)
class VehicleProfile:
    """A vehicle. ``speed_ratio`` slows it below a car's usual speed; sizes in metres and tonnes.

    ``modes`` are the OSM access keys that speak of it, the most precise first. ``worst_track`` is the last track
    grade it drives on (0 for none). ``on_foot`` marks a walker, whom neither speed limits nor one-way signs concern.
    """

    name: str
    modes: tuple[str, ...]
    max_speed_kmh: float
    speed_ratio: float
    height: float
    width: float
    weight: float
    worst_track: int
    on_foot: bool = False


CAR = VehicleProfile(
    "car",
    ("motorcar", "motor_vehicle", "vehicle", "access"),
    130,
    1.0,
    height=1.9,
    width=2.0,
    weight=2.0,
    worst_track=3,
)
BUS = VehicleProfile(
    "bus",
    ("bus", "psv", "motor_vehicle", "vehicle", "access"),
    100,
    0.85,
    height=3.3,
    width=2.5,
    weight=7.5,
    worst_track=1,
)
"""A bus fitted out as an office, on the body of a heavy van or midibus; 100 km/h is its limit on motorways
(Code de la route, art. R413-10), 85 % of a car's speed elsewhere an assumption of the project."""

FOOT = VehicleProfile(
    ON_FOOT, ("foot", "access"), WALK_SPEED * 3.6, 1.0, height=1.9, width=0.8, weight=0.1, worst_track=5, on_foot=True
)
"""A person on foot, at the pace of older people."""

PROFILES = {profile.name: profile for profile in (CAR, BUS, FOOT)}


def find_profile(name: str) -> VehicleProfile:
    """Return a profile by name."""
    if name not in PROFILES:
        raise MobilityError(
            "unknown-profile", f"no vehicle '{name}'; use {' or '.join(PROFILES)}", field="profile", value=name
        )
    return PROFILES[name]
