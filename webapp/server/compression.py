"""Smaller answers for slow lines: scripts, styles, tiles and open data are sent gzipped.

Pages are not: one that holds a secret beside what a visitor typed would leak it by its length.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

TYPES = {
    "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/vnd.mapbox-vector-tile",
    "application/geo+json", "text/csv",
}  # fmt: skip
SMALLEST, LARGEST = 1_000, 5_000_000
"""Bytes between which it is worth the while."""
_kept = lru_cache(64)(gzip.compress)


def compress(app: Flask) -> None:
    """Send what can be sent smaller to whoever can read it."""
    app.after_request(_smaller)


def _smaller(response: Response) -> Response:
    if response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    plain = response.status_code == 200 and "Content-Encoding" not in response.headers and request.method == "GET"
    if not plain or not request.accept_encodings["gzip"] or "Range" in request.headers:
        return response
    if not SMALLEST <= (response.content_length or 0) <= LARGEST:
        return response
    response.direct_passthrough = False
    response.set_data(_kept(response.get_data(), 6))
    response.headers["Content-Encoding"] = "gzip"
    tag, weak = response.get_etag()
    if tag and not weak:
        # The same content in another form: equal, but not byte for byte.
        response.set_etag(tag, weak=True)
    response.headers.pop("Accept-Ranges", None)
    return response
