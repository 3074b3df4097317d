"""Folders and files that the program's own account alone may open: people's names and numbers lie in them."""

import fcntl
import logging
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from mobility.errors import MobilityError

OTHERS = 0o077
"""What the group and all other accounts of the machine may do."""
OWNER_FOLDER, OWNER_FILE = 0o700, 0o600
SHORTEST_SECRET = 32
"""Signs of a secret that nobody guesses."""
_TRIED = 16 * 1024
"""Bytes that tell whether a disk takes more."""
SIDES = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database."""
_told: set[Path] = set()
"""What was told already: the same sentence at each question would hide the others."""
_log = logging.getLogger(__name__)


def keep_private() -> None:
    """Make whatever this process and its children write from now on their own account's alone."""
    os.umask(OTHERS)


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for this account alone, whatever the umask."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=OWNER_FOLDER, exist_ok=True)


def private_file(path: Path) -> None:
    """Make sure that a file is there and this account's alone, whatever the umask; what it holds stays."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_FILE))
    except FileExistsError:
        _tell(mend([path]), path)


def private_database(path: Path) -> None:
    """Do the same for a SQLite database and the files beside it; SQLite gives new ones the database's rights."""
    found = path.resolve()
    if not found.is_dir():
        private_file(found)
        sides = [Path(f"{found}{side}") for side in SIDES]
        _tell(mend(sides), found)


def kept_secret(path: Path) -> str:
    """Return the secret of a file, made once: of several who make it at once, all get the same.

    Raises "weak-secret" where what is kept there is no secret: empty, too short to resist guessing, or not readable.
    """
    if not path.exists():
        private_folder(path.parent)
        partial = name_beside(path)
        swap_in(partial, secrets.token_urlsafe(32))
        try:
            os.link(partial, path)
        except FileExistsError:
            # Another process was faster: its secret is the one.
            pass
        finally:
            partial.unlink()
    return read_secret(path)


def read_secret(path: Path) -> str:
    """Return the secret that a file keeps; raises "weak-secret" where there is none worth the name."""
    try:
        secret = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        secret = ""
    if len(secret.strip()) < SHORTEST_SECRET:
        raise MobilityError(
            "weak-secret",
            f"{path} cannot be read, or holds no key ({SHORTEST_SECRET} signs at least): put back the copy that was "
            "kept, or delete the file and start again, and a new key is made (docs/running.md says what it opens)",
            field=str(path), file=path.name, least=SHORTEST_SECRET,
        )  # fmt: skip
    return secret


def name_beside(path: Path) -> Path:
    """Return a name beside a file that nobody else has, for what becomes that file once it is whole.

    It starts with a dot and ends in ``.partial``: nothing that looks for files by their names takes it for one.
    """
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")


@contextmanager
def swapping(path: Path, *, rights: int = OWNER_FILE) -> Iterator[Path]:
    """Give an empty file to write to; it takes the place of ``path`` at the end, or goes where anything fails.

    Of several who write the same file at once, each has a file of its own, and the last to end is the one that stays.
    ``rights`` is what the account and, as far as the umask lets them, others may do with it.
    """
    partial = name_beside(path)
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, rights))
        yield partial
        partial.replace(path)
    except BaseException:
        # A disk that can only be read refuses this too: what it refused first is told.
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def swap_in(path: Path, content: str | bytes, *, rights: int = OWNER_FILE) -> None:
    """Put content in the place of a file; text is written as UTF-8, ``rights`` are those of :func:`swapping`.

    Whoever reads the file meanwhile finds what was there or what is new, whole, at any time. Its folder must be there.
    """
    with swapping(path, rights=rights) as partial, partial.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        # Some disks say only now that they are full.
        os.fsync(file.fileno())


def try_writing(folder: Path) -> None:
    """Raise the disk's own error where a folder takes no file, not even a short one."""
    with suppress(_TriedError), swapping(folder / "tried") as partial:
        with partial.open("wb") as file:
            file.write(bytes(_TRIED))
            file.flush()
            os.fsync(file.fileno())
        raise _TriedError


class _TriedError(Exception):
    """What ends a try of a folder, and takes the file away again."""


@contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Tell whether no other process is in here with this folder; it is, until the end, kept from saying so too."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context((folder / ".serving").open("a"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            # Another one is, or the folder takes no file: nobody can say so.
            alone = False
        else:
            alone = True
        yield alone


def private_state(folder: Path) -> None:
    """Keep all that is written private, and take away what other accounts may do with an existing state folder.

    Links are not followed: what they lead to is somebody else's to guard. What belongs to another account is told,
    and work goes on.
    """
    keep_private()
    if folder.exists():
        _tell(mend(_within(folder.resolve())), folder)


def _tell(refused: list[Path], kept: Path) -> None:
    if refused and kept not in _told:
        _told.add(kept)
        _log.warning(
            "%d of the files or folders of %s cannot be closed to other accounts (the first: %s): they belong to "
            "another account or lie on a disk that keeps no rights; as their owner, run: chmod -R go-rwx %s",
            len(refused), kept, refused[0], kept,
        )  # fmt: skip


def mend(paths: Iterator[Path] | list[Path]) -> list[Path]:
    """Take away what other accounts may do with some folders and files; return those that could not be mended."""
    refused = []
    for path in paths:
        try:
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode) and mode & OTHERS:
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)
        except FileNotFoundError:
            # Another process may have put a new version in its place: that one is private already.
            continue
        except OSError:
            refused.append(path)
    return refused


def _within(folder: Path) -> Iterator[Path]:
    """Give a folder and all that lies in it, the outermost first: once it is closed, nobody reaches the rest."""
    for found, _, files in os.walk(folder):
        yield Path(found)
        for name in files:
            yield Path(found) / name
