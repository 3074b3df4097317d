"""Lists of candidate stops: new ones, what was seen of known ones, and those that are no longer offered."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.journal import note
from data.store import Transaction
from data.territory_files import read_stops, write_own_stops
from desks.ground import Ground
from desks.imports.headers import HALF_DAYS, NEVER, UNSEEN
from desks.imports.matching import Entry
from desks.imports.reading import Reader
from desks.rides.desk import RideDesk
from mobility.errors import MobilityError
from mobility.places import Place, Point, great_circle
from mobility.problem import Stop
from mobility.territory import Commune, folded
from mobility.written import plain, written_weekdays, written_yes

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


def read_stop(reader: Reader, entry: Entry) -> Candidate:
    """Read the stop of a line; an empty cell says nothing of a stop that is known."""
    ground = reader.desk.ground
    commune, name = _named(ground, entry)
    known = next((s for s in ground.stops if (s.commune, folded(s.place.name)) == (commune.insee, folded(name))), None)
    identifier = known.id if known else _identifier(commune, name)
    if entry.text("offered") and not written_yes(entry.cell("offered"), field=entry.where("offered")):
        return Candidate(identifier, None)
    place = Place(identifier, known.place.name if known else name, _point(ground, entry, commune, known))
    before = known or Stop(place, commune.insee, commune.area)
    return Candidate(
        identifier,
        Stop(
            place,
            commune.insee,
            commune.area,
            spot=" ".join(entry.text("spot").split())[:120] or before.spot,
            closed=_closed(entry, before.closed),
            checked=bool(_seen(entry, "checked", before=before.checked)),
            room_to_turn=_seen(entry, "room_to_turn", before=before.room_to_turn),
            level=_seen(entry, "level", before=before.level),
            toilets=_seen(entry, "toilets", before=before.toilets),
            contact=before.contact,
        ),
    )


def _named(ground: Ground, entry: Entry) -> tuple[Commune, str]:
    """Return the commune of a line, and what its stop is called: by default as the commune."""
    entry.required("commune")
    told = entry.text("commune")
    insee = told.zfill(5) if told.isdigit() else told
    commune = ground.territory.find_commune(insee, field=entry.where("commune"))
    own = commune.name if told[0].isdigit() or folded(told) == folded(commune.name) else told
    return commune, " ".join((entry.text("name") or own).split())[:80]


def _identifier(commune: Commune, name: str) -> str:
    """Return the identifier of a new stop: always the same for a name, never that of another stop."""
    if folded(name) == folded(commune.name):
        return commune.insee
    return f"{commune.insee}x{hashlib.sha256(folded(name).encode()).hexdigest()[:6]}"


def _point(ground: Ground, entry: Entry, commune: Commune, known: Stop | None) -> Point:
    """Return where a stop is: in its commune, unless it is known to be there."""
    told = _degrees(entry)
    if told is None:
        if known:
            return known.place.point
        raise MobilityError("empty-value", "the position is missing", field=entry.where("position", "lat", "lon"))
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


def _degrees(entry: Entry) -> tuple[float, float] | None:
    """Return the latitude and the longitude of a line, None where it tells neither."""
    column, told = "position", entry.text("position")
    if not told and (entry.text("lat") or entry.text("lon")):
        column, told = "lat", ""
        for part in ("lat", "lon"):
            entry.required(part)
            if not re.fullmatch(_DEGREES, entry.text(part).rstrip("° ")):
                raise MobilityError(
                    "bad-coordinates", "this is no position", field=entry.where(part), value=entry.text(part)
                )  # fmt: skip
            told += f" {entry.text(part).rstrip('° ')}"
    if not told:
        return None
    found = re.fullmatch(rf"\s*({_DEGREES})\s*°?\s*(?:[;,/]|\s)\s*({_DEGREES})\s*°?\s*", told)
    lat, lon = (float(part.replace(",", ".")) for part in found.groups()) if found else (999.0, 999.0)
    if abs(lat) > 90 or abs(lon) > 180:
        raise MobilityError("bad-coordinates", "this is no position", field=entry.where(column), value=told.strip())
    return lat, lon


def _commune_at(ground: Ground, point: Point, commune: Commune) -> str:
    """Return the commune of a point ("" off the territory); where none are drawn, the one said if it is near."""
    if ground.communes.drawn:
        found = ground.communes.at(point)
        return found if found in ground.territory.by_insee else ""
    return commune.insee if great_circle(point, commune.point) <= FAR else ""


def _seen(entry: Entry, column: str, *, before: bool | None) -> bool | None:
    text = entry.text(column).lower()
    if not text:
        return before
    return None if text in UNSEEN else written_yes(entry.cell(column), field=entry.where(column))


def _closed(entry: Entry, before: frozenset[tuple[int, str]]) -> frozenset[tuple[int, str]]:
    """Read "mercredi après-midi, vendredi" as the half-days on which a stop cannot be used."""
    text = plain(entry.cell("closed")).lower()
    if not text or text in NEVER:
        return frozenset() if text else before
    closed: set[tuple[int, str]] = set()
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;\n]|\bet\b", text))):
        halves = [half for half, word in HALF_DAYS.items() if word.search(part)] or list(HALF_DAYS)
        days = part
        for word in HALF_DAYS.values():
            days = word.sub(" ", days)
        try:
            closed |= {(day, half) for day in written_weekdays(days) for half in halves}
        except MobilityError:
            raise MobilityError("bad-closing", "no half-day", field=entry.where("closed"), value=part) from None
    return frozenset(closed)


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
