"""Lists of candidate stops: new ones, what was seen of known ones, and those that are no longer offered."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.journal import note
from data.store import Transaction
from data.territory_files import read_stops, write_own_stops
from desks.ground import Ground
from desks.imports.headers import HALF_DAYS, NEVER, UNSEEN
from desks.imports.matching import Entry
from desks.imports.reading import Kinds, Line, Reader
from desks.rides.desk import RideDesk
from mobility.errors import MobilityError
from mobility.places import Place, Point, great_circle
from mobility.problem import Stop
from mobility.territory import Commune, folded
from mobility.written import written_weekdays, written_yes

FAR = 15_000.0
"""Metres from its town hall within which a point is a commune's, where no contours are drawn."""
_DEGREES = r"[+-]?\d{1,3}(?:[.,]\d+)?"


@dataclass(frozen=True)
class Candidate:
    """What a line says of a stop; None where it is no longer to be offered."""

    id: str
    stop: Stop | None


def stop_of(candidate: Candidate) -> str:
    """Return the identifier of the stop that a line is of."""
    return candidate.id


def read_stop(reader: Reader, line: Line) -> Candidate:
    """Read the stop of a line; an empty cell says nothing of a stop that is known."""
    ground = reader.ground
    commune, name = line.get("commune"), _name(line)
    known = reader.stops_called.get((commune.insee, folded(name)))
    identifier = known.id if known else _identifier(commune, name)
    if not line.get("offered", True):
        return Candidate(identifier, None)
    place = Place(identifier, known.place.name if known else name, _point(ground, line, commune, known))
    before = known or Stop(place, commune.insee, commune.area)
    return Candidate(
        identifier,
        Stop(
            place,
            commune.insee,
            commune.area,
            spot=line.get("spot", "")[:120] or before.spot,
            closed=line.get("closed", before.closed),
            checked=bool(line.get("checked", before.checked)),
            room_to_turn=line.get("room_to_turn", before.room_to_turn),
            level=line.get("level", before.level),
            toilets=line.get("toilets", before.toilets),
            contact=before.contact,
        ),
    )


def _commune(reader: Reader, entry: Entry, column: str) -> Commune:
    told = entry.text(column)
    insee = told.zfill(5) if told.isdigit() else told
    return reader.ground.territory.find_commune(insee, field=entry.where(column))


def _name(line: Line) -> str:
    """Return what the stop of a line is called: by default as its commune."""
    commune, told = line.get("commune").name, line.entry.text("commune")
    own = commune if told[0].isdigit() or folded(told) == folded(commune) else told
    return str(line.get("name", own))[:80]


def _identifier(commune: Commune, name: str) -> str:
    """Return the identifier of a new stop: always the same for a name, never that of another stop."""
    if folded(name) == folded(commune.name):
        return commune.insee
    return f"{commune.insee}x{hashlib.sha256(folded(name).encode()).hexdigest()[:6]}"


def _point(ground: Ground, line: Line, commune: Commune, known: Stop | None) -> Point:
    """Return where a stop is: in its commune, unless it is known to be there."""
    entry, told = line.entry, line.get("position")
    if told is None and {"lat", "lon"} & set(line.values):
        for part in ("lat", "lon"):
            entry.required(part)
        told = line.get("lat"), line.get("lon")
    if told is None:
        if known:
            return known.place.point
        raise MobilityError(
            "empty-value", "the position is missing", field=entry.where("position", "lat", "lon"), column="position"
        )
    lat, lon = told
    field, value = entry.where("position", "lat", "lon"), f"{lat}, {lon}"
    if known and known.place.point == Point(lon, lat):
        return known.place.point
    found = _commune_at(ground, Point(lon, lat), commune)
    if found == commune.insee:
        return Point(lon, lat)
    if not found and abs(lon) <= 90 and _commune_at(ground, Point(lat, lon), commune):
        raise MobilityError("swapped-position", "these are swapped", field=field, value=f"{lon}, {lat}")
    if not found:
        raise MobilityError("off-territory", "this is outside of the territory", field=field, value=value)
    there = ground.commune_names().get(found, found)
    raise MobilityError(
        "other-commune", f"this is in {there}", field=field, value=value, commune=there, told=commune.name
    )  # fmt: skip


def _position(_reader: Reader, entry: Entry, column: str) -> tuple[float, float]:
    """Read the latitude and the longitude of a cell that tells both."""
    found = re.fullmatch(rf"({_DEGREES}) ?°? ?(?:[;,/]| ) ?({_DEGREES}) ?°?", entry.text(column))
    lat, lon = (float(part.replace(",", ".")) for part in found.groups()) if found else (999.0, 999.0)
    if abs(lat) > 90 or abs(lon) > 180:
        raise _no_position(entry, column)
    return lat, lon


def _degrees(most: float) -> Callable[[Reader, Entry, str], float]:
    """Return what reads a latitude or a longitude, in degrees."""

    def read(_reader: Reader, entry: Entry, column: str) -> float:
        told = entry.text(column).rstrip("° ")
        if not re.fullmatch(_DEGREES, told) or abs(float(told.replace(",", "."))) > most:
            raise _no_position(entry, column)
        return float(told.replace(",", "."))

    return read


def _no_position(entry: Entry, column: str) -> MobilityError:
    return MobilityError(
        "bad-coordinates", "this is no position", field=entry.where(column), value=entry.text(column)
    )  # fmt: skip


def _commune_at(ground: Ground, point: Point, commune: Commune) -> str:
    """Return the commune of a point ("" off the territory); where none are drawn, the one said if it is near."""
    if ground.communes.drawn:
        found = ground.communes.at(point)
        return found if found in ground.territory.by_insee else ""
    return commune.insee if great_circle(point, commune.point) <= FAR else ""


def _seen(_reader: Reader, entry: Entry, column: str) -> bool | None:
    text = entry.text(column).lower()
    return None if text in UNSEEN else written_yes(entry.cell(column), field=entry.where(column))


def _half_days(_reader: Reader, entry: Entry, column: str) -> frozenset[tuple[int, str]]:
    """Read "mercredi après-midi, vendredi" as the half-days on which a stop cannot be used."""
    text = entry.text(column).lower()
    if text in NEVER:
        return frozenset()
    closed: set[tuple[int, str]] = set()
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;\n]|\bet\b", text))):
        halves = [half for half, word in HALF_DAYS.items() if word.search(part)] or list(HALF_DAYS)
        days = part
        for word in HALF_DAYS.values():
            days = word.sub(" ", days)
        try:
            closed |= {(day, half) for day in written_weekdays(days) for half in halves}
        except MobilityError:
            raise MobilityError("bad-closing", "no half-day", field=entry.where(column), value=part) from None
    return frozenset(closed)


KINDS: Kinds[Reader] = {
    "commune": _commune, "position": _position, "latitude": _degrees(90), "longitude": _degrees(180), "seen": _seen,
    "half-days": _half_days,
}  # fmt: skip


def news(_tx: Transaction, reader: Reader, told: Sequence[Candidate]) -> int:
    """Return how many lines tell something of a stop that is not known."""
    stops = {stop.id: stop for stop in reader.ground.stops}
    return sum(stops.get(candidate.id) != candidate.stop for candidate in told)


def keep(_tx: Transaction, reader: Reader, told: Sequence[Candidate]) -> int:
    """Keep the stops as a list of the planner's own, in place of the territory's; return how many lines were news."""
    ground = reader.desk.ground
    # Read again: another planner may have taken a list in meanwhile.
    stops = {stop.id: stop for stop in read_stops(ground.folder, ground.territory, ground.own_stops)}
    new = [candidate for candidate in told if stops.get(candidate.id) != candidate.stop]
    for candidate in new:
        if candidate.stop:
            stops[candidate.id] = candidate.stop
        else:
            del stops[candidate.id]
    if new:
        if not any(stop.suits_a_bus and stop.commune not in ground.territory.poles for stop in stops.values()):
            raise MobilityError("no-stop-left", "no stop would be left to plan with", field="")
        write_own_stops(ground.own_stops, stops.values())
    return len(new)


def forget_own_stops(desk: RideDesk, who: str, now: datetime) -> None:
    """Let the territory's stops count again."""
    with desk.store.writing() as tx:
        note(tx, who, "stops-restored", now=now)
        desk.ground.own_stops.unlink(missing_ok=True)
