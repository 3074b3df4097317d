"""A way on one printed page, in large type."""

from collections.abc import Mapping, Sequence
from datetime import date

from mobility.ways import Question, Way
from webapp.exports.typeset import typeset
from webapp.words.french import day_words
from webapp.words.notices import Told


def write_way_sheet(
    asked: Question, way: Way, card: Mapping[str, object], *, notices: Sequence[Told], telephone: str, title: str,
    printed: date,
) -> bytes:  # fmt: skip
    """Return the A4 page (PDF/UA) of one way; ``card`` is the way in words, as the site's page shows it.

    ``notices`` are what is to be known of its lines on its day.
    """
    values = {
        "heading": f"{asked.origin.name} – {way.destination.name}", "day": day_words(asked.day, year=True),
        "title": card["title"], "there": _journey(card["there"]), "back": _journey(card["back"]),
        "cost": card["cost"], "warnings": card["warnings"], "telephone": telephone, "territory": title,
        "notices": [{"title": f"{notice.word}. {notice.title}", "text": notice.text} for notice in notices],
        "printed": day_words(printed, year=True),
    }  # fmt: skip
    return typeset("way_sheet.typ", values, {})


def _journey(told: object) -> dict[str, object] | None:
    if told is None:
        return None
    steps = getattr(told, "steps", ())
    return {
        "leaves": getattr(told, "leaves", ""), "arrives": getattr(told, "arrives", ""),
        "steps": [{"words": words, "booking": booking} for words, booking in steps],
        "confirm": getattr(told, "confirm", ""),
    }  # fmt: skip
