"""One rule for all queries: a transaction that has a scope sees and changes its own structures' records only.

The rule is laid over each statement as it is executed, so that no query can forget it: in what is read, a table that
belongs to structures stands for its own rows; what is changed or deleted is looked for among them. Drivers with their
offers are one pool, and are not limited; nor are accounts, places, and whatever else is nobody's in particular.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Delete,
    Engine,
    FromClause,
    Select,
    SelectBase,
    Subquery,
    Table,
    TextClause,
    Update,
    and_,
    event,
    or_,
    select,
)
from sqlalchemy.sql.visitors import replacement_traverse

from data.call_schema import calls
from data.journal_schema import journal
from data.outbox_schema import outbox
from data.plan_schema import import_shapes
from data.ride_schema import (
    consents,
    contacts,
    former_ids,
    links,
    list_lines,
    matched_rides,
    matches,
    merges,
    offers,
    partner_bookings,
    person_names,
    persons,
    refusals,
    requests,
    unmet,
)
from mobility.people import RIDER
from mobility.scope import EVERYTHING, Scope

_OPTION = "scope"


def scope_of(tx: Connection) -> Scope:
    """Return the scope of a transaction."""
    found: Scope = tx.get_execution_options().get(_OPTION, EVERYTHING)
    return found


def set_scope(tx: Connection, scope: Scope) -> None:
    """Give a transaction its scope."""
    tx.execution_options(**{_OPTION: scope})


@contextmanager
def everything(tx: Connection) -> Iterator[None]:
    """Lift the scope of a transaction for a while: for what drivers promised to others, never to show whom."""
    before = scope_of(tx)
    set_scope(tx, EVERYTHING)
    try:
        yield
    finally:
        set_scope(tx, before)


def limit_statements(engine: Engine) -> None:
    """Lay the rule over every statement of an engine."""
    event.listen(engine, "before_execute", _limited, retval=True)


def own_persons(scope: Scope, rows: FromClause) -> ColumnElement[bool]:
    """Tell which of some rows of persons, with their id, kind and structure, are a scope's own.

    A rider who drives as well is of the pool; one whom two structures knew before each had its own is both's.
    """
    own = _own_of(scope)

    def has_one(of_person: Select[str]) -> ColumnElement[bool]:
        # Asked of each by an index: of an EXISTS, PostgreSQL makes a list of all who asked or offered, for every
        # statement.
        return of_person.limit(1).correlate(rows).scalar_subquery().is_not(None)

    asking = has_one(select(requests.c.id).where(requests.c.rider == rows.c.id, own(requests)))
    offering = has_one(select(offers.c.id).where(offers.c.driver == rows.c.id))
    return or_(rows.c.kind != RIDER, own(rows), asking, offering)


def _own_of(scope: Scope) -> Callable[[FromClause], ColumnElement[bool]]:
    return lambda rows: rows.c.structure.in_(sorted({"", *scope.structures}))


@lru_cache(maxsize=128)
def rules_of(scope: Scope) -> Mapping[Table, ColumnElement[bool]]:
    """Return which rows of each table are a scope's own."""
    own = _own_of(scope)
    asked = select(requests.c.id).where(own(requests))
    given = select(matches.c.id).where(matches.c.request.in_(asked))
    person = own_persons(scope, persons)
    known = select(persons.c.id).where(person)
    numbers = select(contacts.c.telephone).where(contacts.c.telephone != "")
    # A call that no structure took is for those who know the person; where it is of nobody known, for those who know
    # the number, and for all where nobody does. Typing a number in does not open what another structure is told.
    call = or_(
        and_(own(calls), calls.c.structure != ""),
        and_(
            calls.c.structure == "",
            or_(
                calls.c.person.in_(known),
                and_(
                    calls.c.person.is_(None),
                    or_(
                        calls.c.telephone.in_(numbers.where(contacts.c.person.in_(known))),
                        calls.c.telephone.not_in(numbers),
                    ),
                ),
            ),
        ),
    )  # fmt: skip
    # A line of the journal, of a look as of an act, is seen by those who see what it is about.
    former = select(former_ids.c.gone).where(former_ids.c.person.in_(known))
    booked = select(partner_bookings.c.id).where(partner_bookings.c.request.in_(asked))
    seen = (asked, given, known, former, booked, select(offers.c.id), select(calls.c.id).where(call))
    return {
        requests: own(requests), persons: person, contacts: contacts.c.person.in_(known),
        consents: consents.c.person.in_(known), merges: merges.c.person.in_(known),
        person_names: person_names.c.person.in_(known), former_ids: former_ids.c.person.in_(known),
        list_lines: list_lines.c.person.in_(known),
        matches: matches.c.request.in_(asked), matched_rides: matched_rides.c.match.in_(given),
        links: links.c.match.in_(given), refusals: refusals.c.request.in_(asked), unmet: own(unmet),
        partner_bookings: partner_bookings.c.request.in_(asked),
        outbox: or_(and_(outbox.c.match == "", own(outbox)), outbox.c.match.in_(given)),
        import_shapes: own(import_shapes),
        journal: or_(*(journal.c.about.in_(part) for part in seen)), calls: call,
    }  # fmt: skip


@lru_cache(maxsize=128)
def _seen(scope: Scope) -> Mapping[Table, Subquery]:
    return {table: select(table).where(rule).subquery(table.name) for table, rule in rules_of(scope).items()}


def _limited(
    tx: Connection, statement: Any, several: Any, parameters: Any, _options: Mapping[str, Any]
) -> tuple[Any, Any, Any]:
    scope = scope_of(tx)
    if not scope.everything:
        if isinstance(statement, Update | Delete):
            rule = rules_of(scope).get(statement.table)  # type: ignore[call-overload]
            statement = statement if rule is None else statement.where(rule)
        elif isinstance(statement, SelectBase):
            statement = _own_rows(statement, _seen(scope))
        elif isinstance(statement, TextClause):
            raise TypeError(f"a {type(statement).__name__} cannot be limited to a scope")
    return statement, several, parameters


def _own_rows(statement: SelectBase, seen: Mapping[Table, Subquery]) -> SelectBase:
    def own(element: Any, **_: Any) -> Any:
        if isinstance(element, Table):
            return seen.get(element)
        if isinstance(element, Column) and element.table in seen:
            return seen[element.table].c[element.key]
        return None

    limited: Any = replacement_traverse(statement, {}, own)
    return limited  # type: ignore[no-any-return]
