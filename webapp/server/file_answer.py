"""A file as an answer, under its name."""

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.exports.formats import media_of


def file_answer(content: str | bytes, name: str) -> BaseResponse:
    """Return a file to be saved, or shown where it is a PDF; conditional requests are answered."""
    response = Response(content, mimetype=media_of(name))
    shown = "inline" if name.endswith(".pdf") else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    response.add_etag()
    return response.make_conditional(request)
