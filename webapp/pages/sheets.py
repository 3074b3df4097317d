"""Tables that the answer to a form showed, written as spreadsheets."""

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from webapp.exports.shown_tables import FORMATS, sent_table, sheet_name
from webapp.server.file_answer import file_answer
from webapp.server.typed import sent_document

pages = Blueprint("sheets", __name__)


@pages.post("/tableau")
def write() -> Response:
    """Write a table as its visitor has it on the screen, and sends it: nothing else is read or kept."""
    ending = request.form.get("forme", "")
    try:
        sheet = sent_table(sent_document(request.form.get("table", "").encode()))
    except ValueError:
        abort(400)
    if ending not in FORMATS:
        abort(400)
    return file_answer(FORMATS[ending][1](sheet), sheet_name(sheet, ending))
