"""What errors of the database and the disk mean to whoever asked: it cannot be done now, and by nobody's fault."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

from mobility.errors import UnavailableError

_READ_ONLY, _FULL, _BROKEN = "read-only", "full", "broken"
_SQLITE = {
    sqlite3.SQLITE_READONLY: _READ_ONLY, sqlite3.SQLITE_FULL: _FULL, sqlite3.SQLITE_CORRUPT: _BROKEN,
    sqlite3.SQLITE_NOTADB: _BROKEN,
}  # fmt: skip
_DISKS = {
    errno.ENOSPC: "disk-full", errno.EDQUOT: "disk-full", errno.EROFS: "read-only", errno.EACCES: "read-only",
}  # fmt: skip
_SQLSTATES = {"25006": _READ_ONLY, "53100": _FULL, "XX001": _BROKEN, "XX002": _BROKEN}


def trouble_of(error: DBAPIError | sqlite3.Error) -> UnavailableError | None:
    """Return what an error means where the database is in trouble; None where it is a fault of the program."""
    original = error.orig if isinstance(error, DBAPIError) else error
    told, kind = first_line(error), _kind(original)
    if kind == _READ_ONLY:
        return read_only(told)
    if kind == _FULL:
        return UnavailableError(
            "disk-full", f"the disk of the database is full ({told}): nothing was lost, nothing can be written"
        )
    if kind == _BROKEN:
        return UnavailableError(
            "broken-database",
            f"the database is damaged ({told}): stop the site, move the database away with the files beside it, and "
            "put the last backup in its place: mobility backup restore FILE (docs/running.md)",
            reason=told,
        )  # fmt: skip
    if isinstance(error, OperationalError | sqlite3.OperationalError):
        return UnavailableError("database-trouble", f"the database did not answer ({told}); try again", reason=told)
    return None


def disk_trouble(error: OSError) -> str:
    """Return the code of the trouble of a disk that refuses; "" where it may be a fault of the program."""
    return _DISKS.get(error.errno or 0, "")


def read_only(told: str) -> UnavailableError:
    """Return the error of a database that can only be read."""
    return UnavailableError("read-only", f"the database can only be read ({told}): nothing can be written", reason=told)


def first_line(error: DBAPIError | sqlite3.Error) -> str:
    """Return what an error says, in one line."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return str(original).splitlines()[0] if str(original) else type(error).__name__


def _kind(error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        # The low byte is the kind; the others say which of it.
        return _SQLITE.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF)
    return _SQLSTATES.get(getattr(error, "sqlstate", None) or "")
