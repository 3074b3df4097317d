"""Pages leave with the spaces of French that may not break: see :mod:`webapp.words.typography`."""

from flask import Flask, Response

from webapp.words.typography import bound_page


def bind_spaces(app: Flask) -> None:
    """Bind the spaces of every page; what comes as a file or a stream stays as it is."""
    app.after_request(_bound)


def _bound(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
        return response
    if "ETag" not in response.headers:
        response.set_data(bound_page(response.get_data(as_text=True)))
    return response
