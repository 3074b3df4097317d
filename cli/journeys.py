"""`mobility journeys`: search journeys from door to door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from cli.options import day_option, in_house
from cli.output import show
from data.volunteer_files import read_volunteers
from desks.house import House
from desks.notices import LineNotice
from desks.transport.feeds import Feeds
from desks.transport.journey_planner import FeedInUse, JourneyPlanner, next_day_of
from gtfs.day_types import DAY_TYPES
from gtfs.feed_tables import read_feed_tables
from mobility.clock import DAY, format_clock, parse_clock
from mobility.errors import MobilityError
from mobility.journeys import Journey, Leg
from mobility.places import Place
from mobility.transport import Booking, OnDemandService
from webapp.words.journeys import asking_words, booking_words, confirm_words
from webapp.words.notices import Told, notice_told

Found = tuple[list[Journey], list[Journey]]
"""The journeys there, and those back."""


@click.command()
@click.option("--from", "origin", required=True, help="Commune, stop, or position as LON,LAT.")
@click.option("--to", "destination", required=True, help="Commune, stop, or position as LON,LAT.")
@day_option("--date", "day", help="Day of travel.")
@click.option("--day-type", type=click.Choice(list(DAY_TYPES)), help="The next day of this type instead of a date.")
@click.option("--depart", help="Leave at or after this time (08:00).")
@click.option("--until", help="With --depart: every good choice that leaves until this time.")
@click.option("--arrive", help="Be there by this time, leaving as late as possible.")
@click.option("--back-after", help="With --arrive: come back after this time, from the appointment.")
@click.option("--feed", "feeds", multiple=True, help="Kept name, zip or folder (repeatable; default: all in use).")
@click.option("--volunteers", type=click.Path(path_type=Path), help="Volunteers who drive (CSV), where asked.")
@in_house(roads=True)
def search(
    house: House, origin: str, destination: str, day: date | None, day_type: str | None, depart: str | None,
    until: str | None, arrive: str | None, back_after: str | None, feeds: tuple[str, ...], volunteers: Path | None,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Find journeys: all good choices from a time on, the latest to be there by another, or there and back.

    A choice is good where no other leaves later, arrives earlier, boards fewer vehicles and walks less. A day that a
    feed does not cover gets its typical day of the same weekday, marked "to confirm".

    \b
    Examples:
      mobility journeys search --from Cahors --to "Toulouse Matabiau" --date 2026-12-01 --depart 08:00
      mobility journeys search --from Gourdon --to Cahors --day-type weekday --arrive 10:00 --back-after 11:30
    """
    if (depart is None) == (arrive is None):
        raise MobilityError("depart-or-arrive", "give either --depart or --arrive", field="--depart")
    if (day is None) == (day_type is None):
        raise MobilityError("date-or-type", "give either --date or --day-type", field="--date")
    chosen = day or next_day_of(str(day_type), house.today())
    known = house.feeds.feeds
    planner = JourneyPlanner(
        house.ground, feeds_in_use(known, feeds), chosen, known.on_demand() if not feeds else (),
        read_volunteers(volunteers) if volunteers else (),
    )  # fmt: skip
    start, end = (
        planner.place(text, field=option, stops_first=bool(feeds))
        for text, option in ((origin, "--from"), (destination, "--to"))
    )
    back: list[Journey] = []
    now = house.clock()
    if depart is not None:
        last = parse_clock(until, field="--until") if until else None
        found = planner.departing(start, end, parse_clock(depart, field="--depart"), last, now=now)
    else:
        by = parse_clock(str(arrive), field="--arrive")
        found = planner.arriving(start, end, by, now=now)
        if back_after is not None:
            after = parse_clock(back_after, field="--back-after")
            back = planner.departing(end, start, after, now=now)
    told = _Alerts(planner, house.line_notices(chosen), house.ground.commune_names(), now)
    show(
        _document(planner, start, end, (found, back), told), _lines(planner, start, (found, back), told),
        as_json=as_json,
    )  # fmt: skip


@dataclass(frozen=True)
class _Alerts:
    """What is to be known of the lines of journeys, in words; ``now`` tells what is too late to book as well."""

    planner: JourneyPlanner
    known: Sequence[LineNotice]
    names: Mapping[str, str]
    now: datetime

    def of(self, journey: Journey) -> list[Told]:
        return self._about(self.planner.taken([journey]))

    def of_call(self, service: OnDemandService) -> list[Told]:
        return self._about(frozenset([service.line]))

    def _about(self, taken: frozenset[tuple[str, str]]) -> list[Told]:
        return [notice_told(one.notice, self.names, self.now) for one in self.known if one.taken_as & taken]


def feeds_in_use(known: Feeds, named: tuple[str, ...]) -> list[FeedInUse]:
    """Return the feeds that a search uses: those named (kept names or paths), else all."""
    if not named:
        if not (kept := known.all()):
            raise MobilityError("no-feed", "there is no feed to search; fetch or import one", field="--feed")
        return [FeedInUse(feed.name, feed.tables, tuple(known.telephones(feed))) for feed in kept]
    used = []
    for text in named:
        if Path(text).exists():
            used.append(FeedInUse(Path(text).stem, read_feed_tables(Path(text))))
        else:
            feed = known.find(text)
            used.append(FeedInUse(feed.name, feed.tables, tuple(known.telephones(feed))))
    return used


def _document(
    planner: JourneyPlanner, origin: Place, destination: Place, found: Found, alerts: _Alerts
) -> dict[str, Any]:
    there, back = ([_with_alerts(journey, planner, alerts) for journey in group] for group in found)
    return {
        "date": planner.day.isoformat(),
        "timetables_of": {name: day.isoformat() for name, day in planner.served.items()},
        "to_confirm": any(planner.expired.values()),
        "from": _place(origin),
        "to": _place(destination),
        "journeys": there,
        "back": back,
        "to_ask": [
            {
                "id": service.id, "name": service.name, "operator": service.operator.name,
                "telephone": service.operator.telephone, "message": service.booking.message if service.booking else "",
                "notices": _notices(alerts.of_call(service)),
            }
            for service in planner.to_ask(origin)
        ],
    }  # fmt: skip


def _place(place: Place) -> dict[str, Any]:
    return {"id": place.id, "name": place.name, "point": [place.point.lon, place.point.lat]}


def _with_alerts(journey: Journey, planner: JourneyPlanner, alerts: _Alerts) -> dict[str, Any]:
    return {**journey_document(journey, planner, alerts.now), "notices": _notices(alerts.of(journey))}


def _notices(found: list[Told]) -> list[dict[str, str]]:
    return [{"id": told.id, "gravity": told.gravity, "title": told.title, "text": told.summary} for told in found]


def journey_document(journey: Journey, planner: JourneyPlanner, now: datetime) -> dict[str, Any]:
    """Return a journey as JSON; times are ISO instants. ``now`` tells what is too late to book."""
    return {
        "departure": planner.instant(journey.departure).isoformat(),
        "arrival": planner.instant(journey.arrival).isoformat(),
        "rides": journey.rides,
        "walking_seconds": journey.walking,
        "too_late": planner.too_late(journey, now),
        "to_confirm": [{"operator": name, "telephone": number} for name, number in planner.to_confirm(journey)],
        "legs": [_leg_document(leg, planner, now) for leg in journey.legs],
    }


def _leg_document(leg: Leg, planner: JourneyPlanner, now: datetime) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": leg.kind,
        "from": {"id": leg.origin, "name": planner.name_of(leg.origin)},
        "to": {"id": leg.destination, "name": planner.name_of(leg.destination)},
        "departure": planner.instant(leg.departure).isoformat(),
        "arrival": planner.instant(leg.arrival).isoformat(),
        "line": leg.line,
        "headsign": leg.headsign,
        "trip_id": leg.trip,
        "service": leg.service,
    }
    ends = {"boarding": leg.boarding, "alighting": leg.alighting}
    if asked := {word: end.how for word, end in ends.items() if end}:
        document["on_request"] = asked
    bookings = planner.bookings(leg)
    if bookings:
        # The one that closes first stands alone as well, for those that know of one only.
        documents = [_booking_document(booking, leg, planner, now) for booking in bookings]
        document["booking"] = min(documents, key=lambda told: (told["deadline"] is None, told["deadline"]))
        document["bookings"] = documents
    service = planner.service(leg)
    if words := asking_words(leg, service, planner.day, planner.local(now)):
        document["words"] = words
    return document


def _booking_document(booking: Booking, leg: Leg, planner: JourneyPlanner, now: datetime) -> dict[str, Any]:
    """Return whom to call and until when, as JSON; moments are local, null where they are not known."""
    service, at = planner.service(leg), planner.local(now)
    when = planner.day + timedelta(days=leg.days), leg.departure - leg.days * DAY
    deadline, opening = booking.deadline(*when), booking.opening(*when)
    return {
        "service": service.name if service else booking.operator, "deadline": deadline and deadline.isoformat(),
        "opens": opening and opening.isoformat(), "too_late": booking.too_late(*when, at),
        "telephone": booking.telephone, "url": booking.url, "message": booking.message,
        "words": booking_words(booking, *when, at),
    }  # fmt: skip


def _clock(seconds: int) -> str:
    days, rest = divmod(seconds, int(timedelta(days=1).total_seconds()))
    return format_clock(rest) + (f" (+{days} d)" if days else "")


def _lines(planner: JourneyPlanner, origin: Place, found: Found, alerts: _Alerts) -> list[str]:
    now = alerts.now
    lines = [
        f"to confirm: the feed {name} does not cover {planner.day}; timetable of {planner.served[name]}"
        for name, expired in planner.expired.items()
        if expired
    ]
    for title, group in zip(("", "back:"), found, strict=True):
        lines += [title] if title and group else []
        for journey in group:
            walk = f", {round(journey.walking / 60)} min on foot" if journey.walking else ""
            late = ", too late to book" if planner.too_late(journey, now) else ""
            lines.append(
                f"{_clock(journey.departure)} -> {_clock(journey.arrival)}, {journey.rides} ride(s){walk}{late}"
            )
            lines += [f"  {_leg_line(leg, planner, now)}" for leg in journey.legs]
            lines += [f"  {words}" for words in [confirm_words(planner.to_confirm(journey))] if words]
            lines += [f"  {told.spoken}" for told in alerts.of(journey)]
    if not found[0]:
        lines.append("no journey found")
    for service in planner.to_ask(origin):
        telephone = f": {service.operator.telephone}" if service.operator.telephone else ""
        lines.append(f"to ask: {service.name} ({service.operator.name}){telephone}")
        lines += [f"  {told.spoken}" for told in alerts.of_call(service)]
    return lines


def _leg_line(leg: Leg, planner: JourneyPlanner, now: datetime) -> str:
    service = planner.service(leg)
    line = f"{leg.line} to {leg.headsign}" if leg.headsign else leg.line
    what = service.name if service else line if leg.kind == "ride" else leg.kind
    words = asking_words(leg, service, planner.day, planner.local(now))
    names = planner.name_of(leg.origin), planner.name_of(leg.destination)
    told = f"{_clock(leg.departure)} {names[0]} -> {_clock(leg.arrival)} {names[1]} ({what})"
    return f"{told}: {words}" if words else told
