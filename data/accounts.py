"""Accounts, sessions, links to choose a password and failed tries, in the store."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, Select, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from data.account_schema import account_links, accounts, attempts, grants, sessions
from data.store import digest, find_row, instant, new_id, new_secret
from mobility.accounts import ADMINISTRATOR, Account, Grant
from mobility.errors import MobilityError


@dataclass(frozen=True)
class OpenSession:
    """A session in force: whose it is, what ends it at the identity server ("" for a password's).

    ``seen`` is when it was last written down as in use.
    """

    account: Account
    identity: str
    seen: datetime


def add_account(tx: Connection, mail: str, name: str, given: Iterable[Grant], *, now: datetime) -> Account:
    """Keep a new account, whose password is still to be chosen."""
    identifier = new_id()
    try:
        tx.execute(
            insert(accounts).values(
                id=identifier, mail=mail.lower(), name=name, password="", active=True,
                created=now.astimezone(UTC), seen=now.astimezone(UTC),
            )
        )  # fmt: skip
    except IntegrityError:
        raise MobilityError("account-exists", f"there is an account for {mail} already", field="mail") from None
    set_grants(tx, identifier, given)
    return find_account(tx, identifier)


def find_account(tx: Connection, account: str) -> Account:
    """Return an account."""
    missing = MobilityError("no-such-account", f"no account '{account}'", field="account", value=account)
    return _account(tx, find_row(tx, accounts, account, missing))


def account_with_mail(tx: Connection, mail: str) -> Account | None:
    """Return the account of a mail address."""
    row = tx.execute(select(accounts).where(accounts.c.mail == mail.lower())).first()
    return _account(tx, row) if row else None


def account_with_subject(tx: Connection, issuer: str, subject: str) -> Account | None:
    """Return the account of an identity server's subject."""
    own = select(accounts).where(accounts.c.issuer == issuer, accounts.c.subject == subject)
    row = tx.execute(own).first()
    return _account(tx, row) if row else None


def bind_subjects(tx: Connection, issuer: str) -> int:
    """Say of which identity server the subjects are that were kept without its address; return how many there were."""
    unbound = update(accounts).where(accounts.c.subject.is_not(None), accounts.c.issuer == "")
    return int(tx.execute(unbound.values(issuer=issuer)).rowcount)


def has_unbound_subjects(tx: Connection) -> bool:
    """Tell whether subjects are kept without the address of their identity server."""
    unbound = select(accounts.c.id).where(accounts.c.subject.is_not(None), accounts.c.issuer == "")
    return tx.execute(unbound.limit(1)).first() is not None


def all_accounts(tx: Connection) -> list[Account]:
    """Return all accounts, by name."""
    return [_account(tx, row) for row in tx.execute(select(accounts).order_by(accounts.c.name))]


def has_accounts(tx: Connection) -> bool:
    """Tell whether there is any account."""
    return tx.execute(select(accounts.c.id).limit(1)).first() is not None


def _account(tx: Connection, row: Row[tuple[object, ...]]) -> Account:
    given = tx.execute(select(grants).where(grants.c.account == row.id))
    return Account(
        row.id, row.mail, row.name, frozenset(Grant(g.role, g.structure, g.territory) for g in given), row.active,
        bool(row.password), row.subject is not None,
    )  # fmt: skip


def set_grants(tx: Connection, account: str, given: Iterable[Grant]) -> None:
    """Give an account its roles, in place of those it had."""
    tx.execute(delete(grants).where(grants.c.account == account))
    for grant in dict.fromkeys(given):
        tx.execute(
            insert(grants).values(
                account=account, role=grant.role, structure=grant.structure, territory=grant.territory
            )
        )


def set_active(tx: Connection, account: str, *, active: bool) -> None:
    """Close an account, its sessions and links with it, or open it again; not the last administrator's."""
    if not active:
        keep_an_administrator(tx, account)
        end_sessions(tx, account)
        tx.execute(delete(account_links).where(account_links.c.account == account))
    tx.execute(update(accounts).where(accounts.c.id == account).values(active=active))


def touch_account(tx: Connection, account: str, *, now: datetime) -> None:
    """Write down that an account was used or changed: it does not go by its age yet."""
    tx.execute(update(accounts).where(accounts.c.id == account).values(seen=now.astimezone(UTC)))


def keep_an_administrator(tx: Connection, without: str) -> None:
    """Raise where no administrator would be left without an account; of two at once, one waits for the other."""
    all_of_them = select(grants.c.account).where(grants.c.role == ADMINISTRATOR)
    tx.execute(select(accounts.c.id).where(accounts.c.id.in_(all_of_them)).order_by(accounts.c.id).with_for_update())
    others = select(accounts.c.id).join(grants, grants.c.account == accounts.c.id)
    others = others.where(grants.c.role == ADMINISTRATOR, accounts.c.active, accounts.c.id != without)
    own = select(grants.c.account).where(grants.c.role == ADMINISTRATOR, grants.c.account == without)
    if tx.execute(own).first() and not tx.execute(others).first():
        raise MobilityError("last-administrator", "someone must remain administrator", field="account")


def last_administrators() -> Select[tuple[str]]:
    """Return, as a question, the administrator of each territory whose account was used last: it never goes by age."""
    other, theirs = accounts.alias(), grants.alias()
    later = exists().where(
        theirs.c.account == other.c.id, theirs.c.role == ADMINISTRATOR, theirs.c.territory == grants.c.territory,
        other.c.active,
        or_(other.c.seen > accounts.c.seen, and_(other.c.seen == accounts.c.seen, other.c.id > accounts.c.id)),
    )  # fmt: skip
    mine = select(accounts.c.id).join(grants, grants.c.account == accounts.c.id)
    return mine.where(grants.c.role == ADMINISTRATOR, accounts.c.active, ~later)


def password_of(tx: Connection, account: str) -> str:
    """Return the hash of an account's password ("" where none was chosen)."""
    return str(tx.execute(select(accounts.c.password).where(accounts.c.id == account)).scalar() or "")


def set_password(tx: Connection, account: str, password: str) -> None:
    """Keep the hash of a new password; open sessions end."""
    tx.execute(update(accounts).where(accounts.c.id == account).values(password=password))
    end_sessions(tx, account)
    tx.execute(delete(account_links).where(account_links.c.account == account))


def rehash(tx: Connection, account: str, password: str) -> None:
    """Keep a stronger hash of the same password."""
    tx.execute(update(accounts).where(accounts.c.id == account).values(password=password))


def set_mail(tx: Connection, account: str, mail: str) -> None:
    """Give an account another mail address; its sessions and links end."""
    try:
        tx.execute(update(accounts).where(accounts.c.id == account).values(mail=mail.lower()))
    except IntegrityError:
        raise MobilityError("account-exists", f"there is an account for {mail} already", field="mail") from None
    end_sessions(tx, account)
    tx.execute(delete(account_links).where(account_links.c.account == account))


def join_subject(tx: Connection, account: str, issuer: str, subject: str) -> None:
    """Join an account to an identity server's subject and use its links up; raises where it has one already."""
    free = update(accounts).where(accounts.c.id == account, accounts.c.subject.is_(None))
    try:
        joined = tx.execute(free.values(issuer=issuer, subject=subject)).rowcount
    except IntegrityError:
        joined = 0
    if not joined:
        raise MobilityError("already-joined", "the account or the identity is joined to another already", field="")
    tx.execute(delete(account_links).where(account_links.c.account == account))


def detach_subject(tx: Connection, account: str) -> None:
    """Part an account from its subject, so that another may be joined; open sessions end."""
    tx.execute(update(accounts).where(accounts.c.id == account).values(subject=None, issuer=""))
    end_sessions(tx, account)


def open_session(tx: Connection, account: str, *, now: datetime, identity: str = "") -> str:
    """Open a session; return its secret."""
    secret = new_secret()
    at = now.astimezone(UTC)
    touch_account(tx, account, now=now)
    tx.execute(
        insert(sessions).values(digest=digest(secret), account=account, created=at, seen=at, identity=identity[:4000])
    )
    return secret


def read_session(
    tx: Connection, secret: str, *, now: datetime, idle: timedelta, longest: timedelta
) -> OpenSession | None:
    """Return the session of a secret, unless it is over or its account closed."""
    row = tx.execute(select(sessions).where(sessions.c.digest == digest(secret))).first()
    if row is None or now - instant(row.seen) > idle or now - instant(row.created) > longest:
        return None
    account = find_account(tx, row.account)
    return OpenSession(account, row.identity, instant(row.seen)) if account.active else None


def touch_session(tx: Connection, secret: str, *, now: datetime) -> None:
    """Write down that a session is in use."""
    tx.execute(update(sessions).where(sessions.c.digest == digest(secret)).values(seen=now.astimezone(UTC)))


def end_session(tx: Connection, secret: str) -> None:
    """End a session."""
    tx.execute(delete(sessions).where(sessions.c.digest == digest(secret)))


def end_sessions(tx: Connection, account: str) -> None:
    """End all sessions of an account."""
    tx.execute(delete(sessions).where(sessions.c.account == account))


def add_account_link(tx: Connection, account: str, *, expires: datetime) -> str:
    """Make a link by which a password is chosen; return its secret."""
    secret = new_secret()
    tx.execute(insert(account_links).values(digest=digest(secret), account=account, expires=expires.astimezone(UTC)))
    return secret


def account_of_link(tx: Connection, secret: str, *, now: datetime) -> Account:
    """Return the account of a link that is still good."""
    row = tx.execute(select(account_links).where(account_links.c.digest == digest(secret))).first()
    if row is None or instant(row.expires) < now:
        raise MobilityError("old-account-link", "this link is over", field="link")
    return find_account(tx, row.account)


def add_attempt(tx: Connection, key: str, *, now: datetime) -> int:
    """Write down a try; return its number."""
    made = insert(attempts).values(key=digest(key), at=now.astimezone(UTC))
    return int(tx.execute(made.returning(attempts.c.number)).scalar_one())


def count_attempts(tx: Connection, key: str, *, since: datetime) -> int:
    """Return how many tries of a key failed since a moment."""
    query = select(func.count()).where(attempts.c.key == digest(key), attempts.c.at >= since.astimezone(UTC))
    return int(tx.execute(query).scalar() or 0)


def drop_attempts(tx: Connection, numbers: Collection[int]) -> None:
    """Forget some tries: they did not fail."""
    tx.execute(delete(attempts).where(attempts.c.number.in_(numbers)))
