"""The journal, for those who answer for the service: who did or saw what, looked through, taken along, checked."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from math import ceil
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from data.accounts import all_accounts
from data.csv_tables import handed_out_lines
from data.journal import Asked, erased_actors
from desks.house import House
from desks.journal import PAGE, check, hand_out, read_page
from mobility.clock import parse_day
from mobility.errors import Faults, MobilityError
from webapp.pages.form_values import beside, number_within
from webapp.server.file_answer import streamed_answer
from webapp.server.visitor import who
from webapp.wiring import house
from webapp.words import journal as words
from webapp.words.french import alphabetical

pages = Blueprint("journal", __name__, url_prefix="/comptes/journal")
FIELDS = ("qui", "quoi", "fiche", "du", "au")
STANDS = {"Premier jour": "du", "Dernier jour": "au"}
"""Where the search says a fault, by the field of the error."""
COLUMNS = ("structure", "number", "at", "who", "act", "about", "why")
PAGES = 100_000


@pages.app_context_processor
def journal_words() -> dict[str, object]:
    """Give templates the words of the journal."""
    return {"jw": words}


def _asked(here: House) -> Asked:
    """Read what is looked for."""
    told = {field: request.args.get(field, "").strip()[:120] for field in FIELDS}

    def begins(field: str, name: str) -> datetime | None:
        return datetime.combine(parse_day(told[field], field=name), time(), here.rides.zone) if told[field] else None

    with Faults() as faults:
        first = faults.of(lambda: begins("du", "Premier jour"), None)
        last = faults.of(lambda: begins("au", "Dernier jour"), None)
        if first and last and last < first:
            raise MobilityError(
                "dates-reversed", f"{told['au']} comes before {told['du']}", field="Dernier jour", first=told["du"],
                last=told["au"],
            )  # fmt: skip
    about = frozenset([told["fiche"]] if told["fiche"] else [])
    until = last + timedelta(days=1) if last else None
    return Asked(told["qui"], told["quoi"], about, since=first, until=until)


@pages.get("/")
def index() -> str | tuple[str, int]:
    """Show a page of the journal; with ``verifier``, whether its chains are whole."""
    here = house()
    faults: dict[str, str] = {}
    try:
        asked = _asked(here)
    except MobilityError as error:
        asked, faults = Asked(), beside(error, STANDS)
    page = number_within(request.args.get("page"), 1, PAGES, otherwise=1)
    lines, count = read_page(here.store, asked, page, now=here.clock(), who=who())
    with here.store.reading() as tx:
        accounts, erased = all_accounts(tx), erased_actors(tx)
    told: dict[str, Any] = {field: value for field in FIELDS if (value := request.args.get(field))}
    shown = render_template(
        "journal.html", lines=lines, count=count, page=page, pages=max(1, ceil(count / PAGE)), accounts=accounts,
        zone=here.rides.zone, values=request.args, faults=faults,
        acts=sorted(words.acts_of(here.ground.modules).items(), key=lambda a: alphabetical(a[1])),
        actors=sorted(words.WHO.items(), key=lambda a: alphabetical(a[1])), erased=erased, told=told,
        checked=check(here.store) if request.args.get("verifier") else None,
        there=lambda number: url_for("journal.index", **told, page=number),
    )  # fmt: skip
    return (shown, 400) if faults else shown


@pages.get("/journal.<kind>")
def taken_along(kind: str) -> Response:
    """Give what is looked for as a file: who acted by identifiers, the hours in UTC."""
    if kind not in {"csv", "json"}:
        abort(404)
    here = house()
    lines = (
        {**{column: line[column] for column in COLUMNS}, "at": line["at"].isoformat()}
        for line in hand_out(here.store, _asked(here), now=here.clock(), who=who())
    )
    if kind == "csv":
        return streamed_answer(handed_out_lines(COLUMNS, (list(line.values()) for line in lines)), "journal.csv")
    return streamed_answer(_as_array(lines), "journal.json")


def _as_array(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Write lines as a JSON array, one after the other."""
    yield "["
    for number, line in enumerate(lines):
        yield f"{',' if number else ''}\n{json.dumps(line, ensure_ascii=False)}"
    yield "\n]\n"
