"""The chain of a structure's journal: each line is sealed with the one before, by a hash that needs a key.

Whoever changes, adds, drops or moves a line without the key is found. A chain cannot tell who held the key and sealed
the whole of it anew, nor that newest lines went together with the chain's own record, put back as it was before they
came: a head written down elsewhere tells that (``docs/journal.md``).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

CHANGED, MISSING, MOVED, HEAD, CHAIN = "changed", "missing", "moved", "head", "chain"
"""What is wrong: a line says something else than it did; one is not there; one is out of its place; the newest lines
are not those that the chain knows; the chain's own record was changed, or sealed with another key."""


@dataclass(frozen=True)
class Line:
    """What a line of the journal says; ``number`` counts from 1 in its structure."""

    structure: str
    number: int
    at: datetime
    who: str
    act: str
    about: str = ""
    why: str = ""


@dataclass(frozen=True)
class Chain:
    """Where a structure's chain begins and ends: the last line forgotten, the newest one, their seals."""

    structure: str
    forgotten: int
    anchor: str
    last: int
    head: str


@dataclass(frozen=True)
class Fault:
    """Something wrong with a chain, at a line's number (0 for the chain itself)."""

    structure: str
    number: int
    kind: str


def _hash(key: bytes, *parts: object) -> str:
    told = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(key, told, hashlib.sha256).hexdigest()


def begun(key: bytes, structure: str) -> Chain:
    """Return the chain of a structure that has no line yet."""
    start = _hash(key, "journal", structure)
    return Chain(structure, 0, start, 0, start)


def seal_of_line(key: bytes, before: str, line: Line) -> str:
    """Return the seal of a line after the seal of the one before."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _hash(key, before, line.structure, line.number, at, line.who, line.act, line.about, line.why)


def seal_of_chain(key: bytes, chain: Chain) -> str:
    """Return the seal of a chain's own record."""
    return _hash(key, "chain", chain.structure, chain.forgotten, chain.anchor, chain.last, chain.head)


def extend(key: bytes, chain: Chain, lines: Iterable[Line]) -> tuple[Chain, list[tuple[Line, str]]]:
    """Number and seal new lines of a structure; return the chain as it is then, and the lines with their seals."""
    sealed = []
    for line in lines:
        told = replace(line, structure=chain.structure, number=chain.last + 1)
        head = seal_of_line(key, chain.head, told)
        chain = replace(chain, last=told.number, head=head)
        sealed.append((told, head))
    return chain, sealed


def faults(key: bytes, chain: Chain, seal: str, lines: Iterable[tuple[Line, str]]) -> Iterator[Fault]:
    """Give all that is wrong with a chain; its lines come in the order of their numbers, each with its seal."""
    if not hmac.compare_digest(seal_of_chain(key, chain), seal):
        yield Fault(chain.structure, 0, CHAIN)
    before, number = chain.anchor, chain.forgotten
    for line, told in lines:
        if line.number > number + 1:
            yield Fault(chain.structure, number + 1, MISSING)
        elif line.number <= number:
            yield Fault(chain.structure, line.number, MOVED)
        if not hmac.compare_digest(seal_of_line(key, before, line), told):
            yield Fault(chain.structure, line.number, CHANGED)
        before, number = told, line.number
    if (before, number) != (chain.head, chain.last):
        yield Fault(chain.structure, number, HEAD)
