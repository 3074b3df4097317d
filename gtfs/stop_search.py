"""From the words for a stop to the stops of a feed, and from a day to one that the feed knows."""

from datetime import date
from difflib import get_close_matches

from gtfs.feed_tables import FeedTables, feed_date
from gtfs.timetable import Timetable
from mobility.errors import MobilityError
from mobility.territory import folded


def find_stops(timetable: Timetable, text: str, *, field: str = "") -> list[int]:
    """Return the indices of the stops that an identifier or a name means: all platforms of one name."""
    if text in timetable.stop_index:
        return [timetable.stop_index[text]]
    named: dict[str, list[int]] = {}
    for index, name in enumerate(timetable.stop_names):
        named.setdefault(folded(name), []).append(index)
    if folded(text) in named:
        return named[folded(text)]
    close = get_close_matches(folded(text), named, n=3, cutoff=0.6)
    suggestions = sorted({timetable.stop_names[named[name][0]] for name in close})
    hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
    raise MobilityError("no-such-stop", f"no stop '{text}' in the feed{hint}", field=field, value=text,
                        suggestions=suggestions)  # fmt: skip


def service_span(feed: FeedTables) -> tuple[date, date]:
    """Return the first and the last day of a feed's calendars."""
    days: list[str] = []
    if "calendar.txt" in feed and len(feed["calendar.txt"]):
        days += [str(feed["calendar.txt"]["start_date"].min()), str(feed["calendar.txt"]["end_date"].max())]
    if "calendar_dates.txt" in feed:
        exceptions = feed["calendar_dates.txt"]
        added = exceptions.loc[exceptions["exception_type"] == "1", "date"]
        days += [str(added.min()), str(added.max())] if len(added) else []
    first, last = feed_date(min(days, default="")), feed_date(max(days, default=""))
    if first is None or last is None:
        raise MobilityError("no-service", "the calendars of the feed hold no day", field=f"{feed.name}/calendar.txt")
    return first, last
