"""A file as an answer, under its name; what programs of other sites may read too."""

from collections.abc import Iterable

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.exports.formats import media_of


def file_answer(content: str | bytes, name: str) -> BaseResponse:
    """Return a file to be saved, or shown where it is a PDF; conditional requests are answered."""
    response = _named(Response(content, mimetype=media_of(name)), name)
    response.add_etag()
    return response.make_conditional(request)


def open_answer(response: Response) -> BaseResponse:
    """Return an answer that pages of every site may read; conditional requests are answered."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response.make_conditional(request)


def streamed_answer(pieces: Iterable[str], name: str) -> BaseResponse:
    """Return a file to be saved that leaves piece by piece, as it is made; it may be of any length."""
    return _named(Response(pieces, mimetype=media_of(name)), name)


def _named(response: Response, name: str) -> Response:
    shown = "inline" if name.endswith(".pdf") else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    return response
