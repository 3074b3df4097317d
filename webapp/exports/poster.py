"""The poster of one commune: large type, the next dates, a QR code to its page."""

import io
from collections.abc import Sequence
from datetime import date

import segno

from mobility.dates import DatedVisit
from mobility.problem import CalendarProblem
from mobility.territory import Commune
from webapp.exports.typeset import typeset
from webapp.words.french import at_place, day_words, hours_words

DATES = 8


def write_poster(
    commune: Commune, visits: Sequence[DatedVisit], problem: CalendarProblem, *, public_url: str, telephone: str,
    title: str, printed: date,
) -> bytes:  # fmt: skip
    """Return the A4 poster of a commune that is visited (``visits`` holds its next dates)."""
    first = visits[0].visit
    stop = problem.stops_by_id[first.stop]
    session = problem.sessions_by_key[first.weekday, first.session]
    page = f"{public_url}/communes/{commune.insee}"
    several = len({dated.visit.stop for dated in visits}) > 1
    values = {
        "where": at_place(commune.name),
        "commune": commune.name,
        "spot": stop.spot[:1].upper() + stop.spot[1:],
        "hours": hours_words(session.opens, session.closes),
        "dates": [_date_words(dated, problem, several=several) for dated in visits[:DATES]],
        "telephone": telephone,
        "page": page,
        "territory": title,
        "printed": day_words(printed, year=True),
    }
    return typeset("poster.typ", values, {"qr.svg": qr_code(page)})


def _date_words(dated: DatedVisit, problem: CalendarProblem, *, several: bool) -> str:
    words = day_words(dated.day)
    if several:
        stop = problem.stops_by_id[dated.visit.stop]
        words += f" ({stop.place.name})"
    if dated.held:
        session = dated.session(problem)
        return f"{words} (jour déplacé : {hours_words(session.opens, session.closes)})"
    return words + (" (jour déplacé)" if dated.moved_from else "")


def qr_code(address: str) -> bytes:
    """Return the QR code of an address as SVG."""
    image = io.BytesIO()
    segno.make(address, error="m", micro=False).save(image, kind="svg", border=4, scale=4, light="#fff")
    return image.getvalue()
