"""Every captioned table of a page may be had as a spreadsheet, at the page's own address.

The page is made for its visitor, with their rights and at their hour; then the table is taken out of it. So there is
nothing to be seen here that the page does not show, and no second door to guard. What answers a form would do its act a
second time: there the table itself is sent back, to be written.
"""

import re
from urllib.parse import urlencode

from flask import Flask, Response, current_app, request, url_for

from mobility.accounts import ROLES
from mobility.errors import MobilityError
from webapp.exports.formats import media_of
from webapp.exports.shown_tables import sheet_name, table_of, with_forms, with_links, written
from webapp.server.visitor import may

PARAMETER = "tableau"
_ASKED = re.compile(r"(\d{1,3})\.(xlsx|ods|csv)", re.ASCII)


def offer_sheets(app: Flask) -> None:
    """Add links to the tables of pages, and answer them."""
    app.after_request(_with_sheets)


def is_taken_away() -> bool:
    """Tell whether a table of the page is asked for as a spreadsheet: it holds the whole list, not one page of it."""
    return bool(_ASKED.fullmatch(request.args.get(PARAMETER, "")))


def _with_sheets(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
        return response
    page = response.get_data(as_text=True)
    if not page.startswith("<!DOCTYPE html>") or "<caption" not in page:
        return response
    if request.method == "POST" and may(*ROLES):
        response.set_data(with_forms(page, url_for("sheets.write")))
    if request.method != "GET" or response.status_code != 200:
        return response
    asked = _ASKED.fullmatch(request.args.get(PARAMETER, ""))
    sheet = table_of(page, int(asked[1])) if asked else None
    if asked is None or sheet is None:
        response.set_data(with_links(page, _address))
        return response
    try:
        content = written(sheet, asked[2])
    except MobilityError as error:
        # After the page is made no error is looked for any more: it is answered here as elsewhere.
        return current_app.make_response(current_app.handle_user_exception(error))
    name = sheet_name(sheet, asked[2])
    response.set_data(content)
    response.headers["Content-Type"] = media_of(name)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _address(table: str) -> str:
    others = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    return f"{request.path}?{urlencode([*others, (PARAMETER, table)])}"
