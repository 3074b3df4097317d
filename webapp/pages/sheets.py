"""Tables that the answer to a form showed, written as spreadsheets."""

from flask import Blueprint, abort, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.exports.shown_tables import FORMATS, sent_table, sheet_name, too_large_table, written
from webapp.server.file_answer import file_answer
from webapp.server.typed import sent_document

pages = Blueprint("sheets", __name__)
LARGEST = 32 * 1024 * 1024
"""Bytes of a table that is sent, signs and accents escaped: as many cells as a workbook may have."""


@pages.post("/tableau")
def write() -> Response:
    """Write a table as its visitor has it on the screen, and sends it: nothing else is read or kept."""
    request.max_form_memory_size = LARGEST
    try:
        form = request.form
    except RequestEntityTooLarge:
        raise too_large_table() from None
    ending = form.get("forme", "")
    try:
        sheet = sent_table(sent_document(form.get("table", "").encode()))
    except ValueError:
        abort(400)
    if ending not in FORMATS:
        abort(400)
    return file_answer(written(sheet, ending), sheet_name(sheet, ending))
