"""The journal: who did or saw what, when, of whom, and why; chained so that what is changed later is found.

A line waits until its transaction is about to land, and is sealed then, when nothing else is left to lock: two
transactions of one structure wait for each other that long only, and in one order, whatever else they hold.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from data.account_schema import accounts
from data.journal_chain import Chain, Fault, Line, begun, extend, faults, seal_of_chain
from data.journal_schema import journal, journal_chains
from data.register import noted
from data.ride_schema import matches, persons, requests
from data.ride_scope import everything, scope_of
from data.store import at_end, instant, journal_key

SYSTEM = "service"
"""Who acts when nobody does."""
ERASED = noted(accounts)
"""The act that leaves nothing of an account but its identifier."""
_WHY = re.compile(r"[a-z0-9][a-z0-9_.:/-]*( [a-z0-9][a-z0-9_.:/-]*)*|")
"""Words of the program."""

# Made once: making a statement takes longer than executing it.
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_HOMES = union_all(
    select(requests.c.id, requests.c.structure).where(requests.c.id.in_(_WANTED)),
    select(matches.c.id, requests.c.structure)
    .join(requests, requests.c.id == matches.c.request)
    .where(matches.c.id.in_(_WANTED)),
    select(persons.c.id, persons.c.structure).where(persons.c.id.in_(_WANTED)),
)
_OWN_CHAIN = select(journal_chains).where(journal_chains.c.structure == bindparam("own")).with_for_update()
_KEEP_CHAIN = update(journal_chains).where(journal_chains.c.structure == bindparam("own"))


@dataclass(frozen=True)
class Asked:
    """What is looked for in the journal: an actor, an act, records, from an instant on and before another."""

    who: str = ""
    act: str = ""
    about: frozenset[str] = frozenset()
    structure: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Checked:
    """A structure's chain, how many lines it has, and what is wrong with it."""

    chain: Chain
    lines: int
    faults: tuple[Fault, ...]


def note(
    tx: Connection, who: str, act: str, *, about: str = "", why: str = "", structure: str | None = None, now: datetime
) -> None:
    """Write an act into the journal once the transaction lands: who did or saw what, of which record, and why.

    ``who`` is an account, a person or a word of the program; ``why`` a word or two of the program, never what someone
    typed. The line is of the record's structure, where ``structure`` does not say another.
    """
    if not _WHY.fullmatch(why):
        raise ValueError("the journal takes no typed text")
    line = Line(structure or "", 0, now.astimezone(UTC), who[:120], act[:40], about[:40], why[:80])
    at_end(tx, _write_down, (line, structure is None))


def _write_down(tx: Connection, waiting: list[tuple[Line, bool]]) -> None:
    """Seal the lines of a transaction, structure by structure, always in the same order."""
    homes = _homes(tx, {line.about for line, open_ in waiting if open_ and line.about})
    scope = scope_of(tx)
    own = "" if scope.everything else min(scope.structures, default="")
    found: dict[str, list[Line]] = {}
    for line, open_ in waiting:
        home = homes.get(line.about, own) if open_ else line.structure
        found.setdefault(home, []).append(line)
    key = journal_key(tx)
    for structure in sorted(found):
        chain, sealed = extend(key, _taken(tx, key, structure), found[structure])
        tx.execute(insert(journal), [{**vars(line), "seal": seal} for line, seal in sealed])
        _keep(tx, key, chain)


def _homes(tx: Connection, about: set[str]) -> dict[str, str]:
    """Return the structures of records that have one."""
    if not about:
        return {}
    with everything(tx):
        rows = tx.execute(_HOMES, {"wanted": sorted(about)}).all()
    return {row[0]: row[1] for row in rows}


def _taken(tx: Connection, key: bytes, structure: str) -> Chain:
    """Return a structure's chain, kept from others until the transaction ends."""
    row = tx.execute(_OWN_CHAIN, {"own": structure}).first()
    if row is None:
        fresh = begun(key, structure)
        dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
        # Of two who begin a chain at once, the second waits for the first and goes on from there.
        tx.execute(
            dialect.insert(journal_chains)
            .values(**vars(fresh), seal=seal_of_chain(key, fresh))
            .on_conflict_do_nothing()
        )
        row = tx.execute(_OWN_CHAIN, {"own": structure}).one()
    return _chain(row)


def _keep(tx: Connection, key: bytes, chain: Chain) -> None:
    tx.execute(_KEEP_CHAIN, {**vars(chain), "own": chain.structure, "seal": seal_of_chain(key, chain)})


def _chain(row: Row[Any]) -> Chain:
    return Chain(row.structure, row.forgotten, row.anchor, row.last, row.head)


def _line(row: Row[Any]) -> Line:
    return Line(row.structure, row.number, instant(row.at), row.who, row.act, row.about, row.why)


def journal_of(tx: Connection, about: Sequence[str] = (), *, limit: int = 200) -> list[dict[str, Any]]:
    """Return the newest acts, about some records (all where none is given)."""
    return search_journal(tx, Asked(about=frozenset(about)), limit=limit)


def search_journal(
    tx: Connection, asked: Asked, *, limit: int, offset: int = 0, after: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return the acts that are looked for, the newest first.

    ``name`` is that of an account that acted ("": none); ``erased`` says that it was one, and is no more. ``after`` is
    a line that was read already: those behind it follow, whatever was written meanwhile.
    """
    query = _wanted(select(journal, accounts.c.name).outerjoin(accounts, accounts.c.id == journal.c.who), asked)
    if after:
        query = query.where(_behind(after))
    order = (journal.c.at.desc(), journal.c.structure, journal.c.number.desc())
    rows = tx.execute(query.order_by(*order).limit(limit).offset(offset)).all()
    erased = _erased(tx, {row.who for row in rows if row.name is None})
    return [{**vars(_line(row)), "name": row.name or "", "erased": row.who in erased} for row in rows]


def _erased(tx: Connection, actors: set[str]) -> set[str]:
    """Return which actors are accounts that were erased: the journal itself says so, for as long as it names them."""
    said = select(journal.c.about).where(journal.c.act == ERASED, journal.c.about.in_(sorted(actors)))
    if not actors:
        return set()
    with everything(tx):
        return set(tx.execute(said).scalars())


def erased_actors(tx: Connection) -> list[str]:
    """Return the accounts that were erased and of which the journal still holds an act, by identifier."""
    gone = select(journal.c.about).where(journal.c.act == ERASED)
    with everything(tx):
        return sorted(tx.execute(select(journal.c.who).where(journal.c.who.in_(gone)).distinct()).scalars())


def _behind(line: Mapping[str, Any]) -> ColumnElement[bool]:
    """Return what holds of the lines that come behind one, the newest first."""
    at = line["at"].astimezone(UTC)
    beside = (journal.c.structure == line["structure"]) & (journal.c.number < line["number"])
    return or_(journal.c.at < at, and_(journal.c.at == at, or_(journal.c.structure > line["structure"], beside)))


def count_journal(tx: Connection, asked: Asked) -> int:
    """Return how many acts are looked for."""
    return int(tx.execute(_wanted(select(func.count()).select_from(journal), asked)).scalar() or 0)


def _wanted(query: Select[Any], asked: Asked) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if asked.who:
        conditions.append(journal.c.who == asked.who)
    if asked.act:
        conditions.append(journal.c.act == asked.act)
    if asked.about:
        conditions.append(or_(journal.c.about.in_(sorted(asked.about)), journal.c.who.in_(sorted(asked.about))))
    if asked.structure is not None:
        conditions.append(journal.c.structure == asked.structure)
    if asked.since:
        conditions.append(journal.c.at >= asked.since.astimezone(UTC))
    if asked.until:
        conditions.append(journal.c.at < asked.until.astimezone(UTC))
    return query.where(*conditions)


def seen_since(tx: Connection, who: str, act: str, about: Sequence[str], since: datetime) -> set[str]:
    """Return of which records an act of someone is written down already, since an instant."""
    asked = Asked(who=who, act=act, since=since)
    query = _wanted(select(journal.c.about), asked).where(journal.c.about.in_(list(about)) if about else false())
    # Whoever sees one structure's records alone still knows where they looked themselves.
    with everything(tx):
        return set(tx.execute(query).scalars())


def check_journal(tx: Connection) -> Iterator[Checked]:
    """Give each structure's chain with all that is wrong with it; lines without a chain are a fault of theirs."""
    key = journal_key(tx)
    known = {row.structure: row for row in tx.execute(select(journal_chains))}
    written = set(tx.execute(select(journal.c.structure).distinct()).scalars())
    for structure in sorted(known.keys() | written):
        row = known.get(structure)
        chain, seal = (_chain(row), row.seal) if row else (begun(key, structure), "")
        lines = _Counted(tx, structure)
        yield Checked(chain, lines.count, tuple(faults(key, chain, seal, lines)))


class _Counted:
    """The lines of a structure in their order, read a thousand at a time."""

    def __init__(self, tx: Connection, structure: str) -> None:
        self._tx, self._structure = tx, structure
        self.count = count_journal(tx, Asked(structure=structure))

    def __iter__(self) -> Iterator[tuple[Line, str]]:
        last = 0
        while True:
            own = select(journal).where(journal.c.structure == self._structure, journal.c.number > last)
            rows = self._tx.execute(own.order_by(journal.c.number).limit(1000)).all()
            for row in rows:
                yield _line(row), row.seal
            if not rows:
                return
            last = rows[-1].number


def knows_head(tx: Connection, seal: str) -> bool:
    """Tell whether a seal that was a chain's head once is still in it, as a line's or as its anchor."""
    lines = select(literal(1)).where(journal.c.seal == seal)
    anchors = select(literal(1)).where(journal_chains.c.anchor == seal)
    return tx.execute(union_all(lines, anchors)).first() is not None


def forget_lines(tx: Connection, edge: datetime) -> int:
    """Forget the oldest lines of each structure, up to the first that is not older; return how many."""
    key, gone = journal_key(tx), 0
    for structure in sorted(tx.execute(select(journal_chains.c.structure)).scalars()):
        chain = _taken(tx, key, structure)
        own = journal.c.structure == structure
        first = tx.execute(select(func.min(journal.c.number)).where(own, journal.c.at >= edge.astimezone(UTC))).scalar()
        last = select(journal).where(own, journal.c.number < (first or chain.last + 1))
        row = tx.execute(last.order_by(journal.c.number.desc()).limit(1)).first()
        if row is not None:
            gone += tx.execute(delete(journal).where(own, journal.c.number <= row.number)).rowcount
            _keep(tx, key, replace(chain, forgotten=row.number, anchor=row.seal))
    return gone
