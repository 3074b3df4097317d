"""The bus service of a territory (``bus.toml``) and calendars typed as CSV."""

from collections.abc import Iterable, Mapping
from typing import Any

from data.csv_tables import Row, read_table
from data.territory_files import TerritoryFolder, read_toml
from mobility.bus_service import BusService
from mobility.clock import MINUTE, parse_clock, parse_week, parse_weekday
from mobility.errors import MobilityError
from mobility.places import Place, Point
from mobility.problem import OBJECTIVES, Bus, CalendarRules, Coverage, CrewRules, Session, Stop
from mobility.territory import Territory, folded
from mobility.written import written_weekday

CALENDAR_COLUMNS = ("week", "weekday", "session", "stop")
_SESSIONS = {"matin": "morning", "après-midi": "afternoon", "apres-midi": "afternoon"}
"""Words that a planner may type instead of the English ones."""


def read_service(folder: TerritoryFolder) -> BusService:
    """Read ``bus.toml``."""
    return parse_service(read_toml(folder.path / "bus.toml"), "bus.toml")


def parse_service(content: Mapping[str, Any], name: str) -> BusService:
    """Read a bus service stated as TOML; ``name`` is the file's, for errors."""
    calendar = content.get("calendar", {})
    try:
        return BusService(
            buses=tuple(_bus(bus, f"{name}, buses") for bus in content.get("buses", [])),
            sessions=tuple(_session(session, f"{name}, sessions") for session in content.get("sessions", [])),
            crew=CrewRules(**{key: _minutes(value) for key, value in content.get("crew", {}).items()}),
            coverage=_coverage(content.get("coverage", {})),
            rules=CalendarRules(
                max_visits=int(calendar.get("max_visits", 2)), area_floor=int(calendar.get("area_floor", 1))
            ),
            cycle_weeks=int(calendar.get("cycle_weeks", 2)),
            objectives=tuple(calendar.get("objectives", OBJECTIVES)),
            tolerance=float(calendar.get("tolerance", 0.0)),
            reference=str(calendar.get("reference", "")),
            reference_name=str(calendar.get("reference_name", "")),
        )
    except KeyError as error:
        raise MobilityError(
            "missing-value", f"the value {error} is missing", field=name, value=str(error).strip("'")
        ) from None
    except (TypeError, ValueError) as error:
        raise MobilityError("bad-service", str(error), field=name, reason=str(error)) from None


def _bus(content: Mapping[str, Any], field: str) -> Bus:
    depot = Place(f"depot-{content['id']}", str(content["depot"]), Point(float(content["lon"]), float(content["lat"])))
    return Bus(
        id=str(content["id"]),
        depot=depot,
        crew_start=parse_clock(content.get("crew_start", "08:00"), field=field),
        crew_end=parse_clock(content.get("crew_end", "18:30"), field=field),
        longest_day=parse_clock(content.get("longest_day", "10:00"), field=field),
    )


def _session(content: Mapping[str, Any], field: str) -> Session:
    return Session(
        weekday=parse_weekday(content["weekday"], field=field),
        name=str(content["name"]),
        opens=parse_clock(content["opens"], field=field),
        closes=parse_clock(content["closes"], field=field),
    )


def _coverage(content: Mapping[str, Any]) -> Coverage:
    default = Coverage()
    return Coverage(
        full=_minutes(content.get("full", default.full / MINUTE)),
        none=_minutes(content.get("none", default.none / MINUTE)),
        visit_values=tuple(content.get("visit_values", default.visit_values)),
    )


def _minutes(value: float) -> int:
    return round(float(value) * MINUTE)


def read_calendar_rows(
    rows: Iterable[Row], territory: Territory, stops: Iterable[Stop], default_bus: str
) -> list[tuple[int, int, str, str, str]]:
    """Read typed visits as (week, weekday, session, bus, stop id).

    ``week`` is a number, a letter (A, B) or the ISO parity (odd, even, impaire, paire); weekdays and sessions may be
    in French; ``stop`` is an identifier, or the name of a stop or commune, former ones included.
    """
    stops = list(stops)
    visits = []
    for row in rows:
        session = row.required("session")
        visits.append((
            parse_week(row.required("week"), field=row.where("week")),
            written_weekday(row.required("weekday"), field=row.where("weekday")),
            _SESSIONS.get(session.lower(), session),
            row.text("bus") or default_bus,
            find_stop(row.required("stop"), territory, stops, field=row.where("stop")),
        ))  # fmt: skip
    return visits


def find_stop(text: str, territory: Territory, stops: Iterable[Stop], *, field: str = "") -> str:
    """Return the identifier of a stop from its identifier, its name, or its commune's name."""
    stops = list(stops)
    for stop in stops:
        if text == stop.id or folded(text) == folded(stop.place.name):
            return stop.id
    commune = territory.find_commune(text, field=field)
    if commune.insee in {stop.id for stop in stops}:
        return commune.insee
    raise MobilityError("not-a-candidate", f"{commune.name} has no candidate stop", field=field, value=commune.name)


def read_reference(
    folder: TerritoryFolder, service: BusService, territory: Territory, stops: Iterable[Stop]
) -> list[tuple[int, int, str, str, str]]:
    """Read the calendar that the territory compares itself with (none: an empty list)."""
    if not service.reference:
        return []
    rows = read_table(folder.path / service.reference, CALENDAR_COLUMNS)
    return read_calendar_rows(rows, territory, stops, service.buses[0].id)
