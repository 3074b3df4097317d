"""A territory's transport facts: the trains at its stations (``trains.csv``) and the services that come when booked."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from data.csv_tables import Row, read_table, write_table
from data.territory_files import TerritoryFolder, read_toml
from mobility.clock import parse_clock, parse_day, parse_weekdays
from mobility.errors import MobilityError
from mobility.places import Place
from mobility.territory import Territory
from mobility.transport import Booking, Call, OnDemandRun, OnDemandService, Operator, Train, TrainTable, Zone
from mobility.written import is_number

TRAIN_COLUMNS = ("train", "weekdays", "station", "arrival", "departure")
STATION_COLUMNS = ("id", "name", "lon", "lat")
ON_DEMAND_COLUMNS = (
    "id", "name", "operator", "communes", "epci", "to", "weekdays", "opens", "closes", "days_before", "booking_closes",
    "notice_minutes", "telephone", "url", "known_on", "source", "message",
)  # fmt: skip


def transport_settings(folder: TerritoryFolder) -> dict[str, Any]:
    """Return ``transport.toml`` (empty where there is none)."""
    path = folder.path / "transport.toml"
    return read_toml(path) if path.exists() else {}


def read_trains(folder: TerritoryFolder) -> TrainTable | None:
    """Read the table of trains; None where the territory has none."""
    settings = transport_settings(folder).get("trains")
    if not settings:
        return None
    rows = read_table(folder.path / "trains.csv", TRAIN_COLUMNS)
    stations = [
        Place(row.required("id"), row.required("name"), row.point())
        for row in read_table(folder.path / "stations.csv", STATION_COLUMNS)
    ]
    names = {place.name for place in stations}
    calls: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for row in rows:
        if row.required("station") not in names:
            raise MobilityError(
                "no-such-stop", f"'{row.text('station')}' is not in stations.csv", field=row.where("station"),
                value=row.text("station"), suggestions=sorted(names),
            )  # fmt: skip
        times = [_clock(row.required(column), row.where(column)) for column in ("arrival", "departure")]
        calls[row.required("train"), row.required("weekdays")].append(Call(row.text("station"), times[0], times[1]))
    trains = tuple(
        Train(number, parse_weekdays(days, field="trains.csv, weekdays"), tuple(called))
        for (number, days), called in calls.items()
    )
    operator = Operator("train", settings["operator"], settings.get("telephone", ""), settings.get("url", ""))
    first, last = (parse_day(settings[end], field="transport.toml") for end in ("first", "last"))
    return TrainTable(
        operator, settings["line"], first, last, tuple(stations), trains,
        settings.get("licence", ""), settings.get("attribution", ""),
    )  # fmt: skip


def _clock(text: str, where: str) -> int:
    """Read a time of day, past midnight too ("24:10")."""
    hours, _, minutes = text.partition(":")
    if is_number(hours) and is_number(minutes) and 24 <= int(hours) < 48 and int(minutes) < 60:
        return int(hours) * 3600 + int(minutes) * 60
    return parse_clock(text, field=where)


def write_trains(table: TrainTable, folder: Path) -> None:
    """Write ``trains.csv`` and ``stations.csv``."""
    write_table(
        folder / "stations.csv", STATION_COLUMNS,
        [(p.id, p.name, round(p.point.lon, 6), round(p.point.lat, 6)) for p in table.stations],
    )  # fmt: skip
    write_table(
        folder / "trains.csv", TRAIN_COLUMNS,
        [
            (
                train.number, "".join(str(day) for day in sorted(train.weekdays)), call.station,
                _written(call.arrival), _written(call.departure),
            )
            for train in table.trains for call in train.calls
        ],
    )  # fmt: skip


def _written(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def read_on_demand(folder: TerritoryFolder, territory: Territory) -> tuple[OnDemandService, ...]:
    """Read the on-demand services known, ``on_demand.csv`` (none where the file is missing).

    A service serves the communes of its ``communes`` (codes or names, split by ";") or all those of an ``epci``; its
    places are the settlements of these communes. ``to`` names the communes it goes to and comes back from (empty: the
    same).
    """
    path = folder.path / "on_demand.csv"
    if not path.exists():
        return ()
    services = []
    for row in read_table(path, ON_DEMAND_COLUMNS):
        served = _communes(row, "communes", territory)
        served |= {commune.insee for commune in territory.communes if commune.area == row.text("epci") != ""}
        targets = _communes(row, "to", territory) or served
        operator = Operator(row.required("id"), row.required("operator"), row.text("telephone"), row.text("url"))
        origin, destination = (_zone(f"{row.text('id')}-{end}", row.text("name"), communes, territory)
                               for end, communes in (("from", served), ("to", targets)))  # fmt: skip
        booking = Booking(
            notice=None if (minutes := row.optional_whole("notice_minutes")) is None else minutes * 60,
            days_before=row.optional_whole("days_before") or 0,
            closes=_clock(closes, row.where("booking_closes")) if (closes := row.text("booking_closes")) else None,
            telephone=row.text("telephone"), url=row.text("url"), message=row.text("message"), operator=operator.name,
        )  # fmt: skip
        runs: tuple[OnDemandRun, ...] = ()
        if row.text("weekdays") and row.text("opens") and row.text("closes"):
            hours = [_clock(row.text(column), row.where(column)) for column in ("opens", "closes")]
            days = parse_weekdays(row.text("weekdays"), field=row.where("weekdays"))
            ways = [(origin, destination), (destination, origin)] if targets != served else [(origin, origin)]
            runs = tuple(OnDemandRun(one, other, days, hours[0], hours[1]) for one, other in ways)
        services.append(
            OnDemandService(
                row.text("id"), row.required("name"), operator, booking, runs, (origin,), row.text("known_on"),
                row.text("source"),
            )
        )  # fmt: skip
    return tuple(services)


def _communes(row: Row, column: str, territory: Territory) -> set[str]:
    """Read codes or names of communes, split by ";"."""
    told = filter(None, (text.strip() for text in row.text(column).split(";")))
    return {territory.find_commune(text, field=row.where(column)).insee for text in told}


def _zone(identifier: str, name: str, communes: set[str], territory: Territory) -> Zone:
    points = tuple(s.place.point for s in territory.settlements if s.commune in communes)
    return Zone(identifier, name, None, points)
