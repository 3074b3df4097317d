"""`mobility journeys`: search the timetable of a feed."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from gtfs.feed_tables import read_feed_tables
from gtfs.journey_search import JourneySearch
from gtfs.stop_search import find_stops, known_day
from gtfs.timetable import Timetable, build_timetable
from mobility.clock import format_clock, parse_clock
from mobility.errors import MobilityError
from mobility.journeys import Journey, Leg
from webapp.cli.options import feed_path
from webapp.cli.output import json_option, reported, show


@click.group()
def journeys() -> None:
    """Search journeys by train and bus."""


@journeys.command()
@click.option("--feed", required=True, help="GTFS feed: a zip file, a folder, or the name of one kept.")
@click.option("--from", "origin", required=True, help="Stop: its name or identifier.")
@click.option("--to", "destination", required=True, help="Stop: its name or identifier.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of travel.")
@click.option("--depart", help="Leave at or after this time (08:00).")
@click.option("--arrive", help="Be there by this time, leaving as late as possible.")
@click.option("--until", help="With --depart: every good choice that leaves until this time.")
@click.option("--back-after", help="With --arrive: come back after this time, from the appointment.")
@json_option
@reported
def search(
    feed: str, origin: str, destination: str, day: datetime, depart: str | None, arrive: str | None, until: str | None,
    back_after: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Find journeys: the earliest, the latest, all good choices in a window, or there and back around an appointment.

    A day that the feed does not cover gets the timetable of the same weekday, marked "to confirm".

    \b
    Examples:
      mobility journeys search --feed ter.zip --from Cahors --to Souillac --date 2025-03-04 --depart 08:00
      mobility journeys search --feed ter.zip --from Gourdon --to Cahors --date 2025-03-04 --arrive 10:00
        --back-after 11:30
    """
    if (depart is None) == (arrive is None):
        raise MobilityError("depart-or-arrive", "give either --depart or --arrive", field="--depart")
    tables = read_feed_tables(feed_path(feed))
    served, to_confirm = known_day(tables, day.date())
    timetable = build_timetable(tables, served)
    zone = ZoneInfo(str(tables["agency.txt"]["agency_timezone"].iloc[0]))
    places = [find_stops(timetable, text, field=option) for text, option in ((origin, "--from"), (destination, "--to"))]
    engine = JourneySearch(timetable)
    back: list[Journey] = []
    if depart is not None:
        start = parse_clock(depart, field="--depart")
        if until is None:
            found = engine.earliest(places[0], places[1], start)
        else:
            found = engine.window(places[0], places[1], start, parse_clock(until, field="--until"))
    else:
        found = engine.latest(places[0], places[1], parse_clock(str(arrive), field="--arrive"))
        if back_after is not None:
            back = engine.earliest(places[1], places[0], parse_clock(back_after, field="--back-after"))
    document = {
        "date": day.date().isoformat(),
        "timetable_of": served.isoformat(),
        "to_confirm": to_confirm,
        "journeys": [_document(journey, timetable, day.date(), zone) for journey in found],
        "back": [_document(journey, timetable, day.date(), zone) for journey in back],
    }
    lines = [f"to confirm: the feed does not cover {day.date()}; timetable of {served}"] if to_confirm else []
    for title, group in (("", found), ("back:", back)):
        lines += [title] if title and group else []
        for journey in group:
            lines += _lines(journey, timetable)
    show(document, lines if found else [*lines, "no journey found"], as_json=as_json)


def _document(journey: Journey, timetable: Timetable, day: date, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "departure": _instant(journey.departure, day, zone),
        "arrival": _instant(journey.arrival, day, zone),
        "rides": journey.rides,
        "walking_seconds": journey.walking,
        "legs": [
            {
                "kind": leg.kind,
                "from": _named(leg.origin, timetable),
                "to": _named(leg.destination, timetable),
                "departure": _instant(leg.departure, day, zone),
                "arrival": _instant(leg.arrival, day, zone),
                "line": leg.line,
                "headsign": leg.headsign,
                "trip_id": leg.trip,
            }
            for leg in journey.legs
        ],
    }


def _instant(seconds: int, day: date, zone: ZoneInfo) -> str:
    """Return the ISO instant of a time of the service day, which starts twelve hours before noon."""
    noon = datetime.combine(day, time(12), zone).timestamp()
    return datetime.fromtimestamp(noon - 43_200 + seconds, zone).isoformat()


def _named(stop: str, timetable: Timetable) -> dict[str, str]:
    return {"id": stop, "name": timetable.stop_names[timetable.stop_index[stop]]}


def _clock(seconds: int) -> str:
    days, rest = divmod(seconds, int(timedelta(days=1).total_seconds()))
    return format_clock(rest) + (f" (+{days} d)" if days else "")


def _lines(journey: Journey, timetable: Timetable) -> list[str]:
    title = f"{_clock(journey.departure)} -> {_clock(journey.arrival)}, {journey.rides} ride(s)"
    return [title, *(f"  {_leg_line(leg, timetable)}" for leg in journey.legs)]


def _leg_line(leg: Leg, timetable: Timetable) -> str:
    names = [timetable.stop_names[timetable.stop_index[stop]] for stop in (leg.origin, leg.destination)]
    line = f"{leg.line} to {leg.headsign}" if leg.headsign else leg.line
    what = line if leg.kind == "ride" else "walk"
    return f"{_clock(leg.departure)} {names[0]} -> {_clock(leg.arrival)} {names[1]} ({what})"
