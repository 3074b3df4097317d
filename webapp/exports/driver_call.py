"""The call for drivers of one village: large type, the half-day, a QR code."""

from datetime import date

from mobility.territory import Commune
from webapp.exports.poster import qr_code
from webapp.exports.typeset import typeset
from webapp.words.french import at_place, day_words, session_word, weekday_word


def write_driver_call(
    commune: Commune, weekday: int, session: str, *, public_url: str, telephone: str, title: str, printed: date,
    euros: float,
) -> bytes:  # fmt: skip
    """Return the A4 call for drivers.

    It says that neighbours wait and never how many: on a wall of their village, of one half-day, everybody knows who.
    """
    page = f"{public_url}/solidaire"
    values = {
        "where": at_place(commune.name), "commune": commune.name,
        "when": f"le {weekday_word(weekday)} {session_word(session)}",
        "telephone": telephone, "page": page, "territory": title, "printed": day_words(printed, year=True),
        "euros": f"{euros:.2f}".replace(".", ","),
    }  # fmt: skip
    return typeset("driver_call.typ", values, {"qr.svg": qr_code(page)})
