"""`mobility backup`: the whole installation in one file, and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.options import in_house, with_options
from cli.output import WHO, json_option, reported, show
from data.backup import make_backup, read_backup, restore_backup
from data.backup_parts import Backup
from data.sealed_files import Key, Seal, is_sealed, wants_passphrase
from desks.house import House
from desks.journal import note_of_everybody
from mobility.errors import MobilityError

F = TypeVar("F", bound=Callable[..., Any])
IN_THE_CLEAR = "in the clear: whoever holds this file reads every name and number in it (make --encrypt)"
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
passphrase_option = click.option(
    "--passphrase-file", type=_FILE, help="File whose first line is the passphrase (default: it is asked for)."
)


def _opening(command: F) -> F:
    """Add the options that open an encrypted backup."""
    identity = click.option("--identity", type=_FILE, help="File of the key to an encrypted backup (of age-keygen).")
    return with_options(command, [identity, passphrase_option])


def _told(found: Backup, file: Path, *, as_json: bool) -> None:
    sealed = is_sealed(file)
    document = {
        "file": str(file), "made": found.made, "revision": found.revision, "rows": dict(found.rows),
        "encrypted": sealed,
    }  # fmt: skip
    lines = [
        f"{file}: made {found.made}, {sum(found.rows.values())} rows, {len(found.files)} parts",
        "encrypted" if sealed else IN_THE_CLEAR,
    ]
    show(document, lines, as_json=as_json)


def _text_of(file: Path, field: str) -> str:
    """Return what a file of a key or a passphrase says."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise MobilityError("not-utf8", f"{file} is not a text in UTF-8", field=field, value=str(file)) from None


def _passphrase(file: Path | None, *, confirm: bool = False) -> str:
    if file is not None:
        return _text_of(file, "--passphrase-file").partition("\n")[0].strip()
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked


def _key(file: Path, identity: Path | None, passphrase_file: Path | None) -> Key:
    if not file.is_file() or not is_sealed(file):
        return Key()
    if wants_passphrase(file):
        return Key(passphrase=_passphrase(passphrase_file))
    return Key(identity=_text_of(identity, "--identity") if identity else "")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--encrypt", is_flag=True, help="Encrypt it (age): to --recipient, or by a passphrase.")
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="age1…",
    help="Public key of who may open it, as age-keygen tells it (repeatable).",
)
@passphrase_option
@in_house()
def make(
    house: House, file: Path, *, encrypt: bool, recipients: tuple[str, ...], passphrase_file: Path | None, as_json: bool
) -> None:
    """Write a backup; the site may go on serving meanwhile.

    \b
    Examples:
      mobility backup make mobility-2026-12-01.zip
      mobility backup make mobility-2026-12-01.age --encrypt --recipient age1…
    """
    seal = None
    if recipients:
        seal = Seal(recipients)
    elif encrypt or passphrase_file:
        seal = Seal(passphrase=_passphrase(passphrase_file, confirm=True))
    made = make_backup(house.store, house.plans.folder, file, now=house.clock(), seal=seal)
    note_of_everybody(house.store, WHO, "backup-made", now=house.clock())
    _told(made, file, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_opening
@json_option
@reported
def check(file: Path, *, identity: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Check that a backup is whole.

    \b
    Example:
      mobility backup check mobility-2026-12-01.zip
    """
    _told(read_backup(file, _key(file, identity, passphrase_file)), file, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in place of the data there are.")
@_opening
@in_house()
def restore(
    house: House, file: Path, *, replace: bool, identity: Path | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Restore a backup, to SQLite or PostgreSQL whichever it came from. Stop the site first.

    \b
    Example:
      mobility backup restore mobility-2026-12-01.zip --replace
    """
    key = _key(file, identity, passphrase_file)
    restored = restore_backup(house.store, house.plans.folder, file, replace=replace, key=key)
    note_of_everybody(house.store, WHO, "backup-restored", now=house.clock())
    _told(restored, file, as_json=as_json)
