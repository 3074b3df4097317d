"""What is typed or sent in a form: signs that nobody can write or read are left out before any page sees them.

Databases and feeds refuse them, and one of them in a notice would shut its feed for everybody.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def readable(text: str) -> str:
    """Return a text without the signs that none can read; lines and tabs stay."""
    return _UNSEEN.sub("", text)


def sent_document(body: bytes) -> Any:
    """Return the JSON that a program sends, its texts readable, however deep they are.

    Raises ValueError for what is no JSON; numbers that are none, as NaN, are not, nor lists in lists without end.
    """
    try:
        return _readable_document(json.loads(body.decode()))
    except RecursionError:
        raise ValueError("lists in lists without end") from None


def _readable_document(value: Any) -> Any:
    if isinstance(value, dict):
        return {readable(str(name)): _readable_document(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_readable_document(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a number")
    return readable(value) if isinstance(value, str) else value


def _taken(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = readable(value.filename or "")
        return value
    return readable(value) if isinstance(value, str) else value


class Typed(ImmutableMultiDict[str, Any]):
    """The values of a form or an address, as they may be kept."""

    def __init__(self, mapping: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        values = ImmutableMultiDict(mapping).items(multi=True)
        super().__init__([(readable(name), _taken(value)) for name, value in values])


class TypedRequest(Request):
    """A request whose values may be kept."""

    parameter_storage_class = Typed


def take_readable(app: Flask) -> None:
    """Let pages see what may be kept alone: in an address such a sign leads nowhere."""
    app.request_class = TypedRequest
    app.before_request(_no_such_address)


def _no_such_address() -> None:
    if any(isinstance(part, str) and _UNSEEN.search(part) for part in (request.view_args or {}).values()):
        abort(404)
