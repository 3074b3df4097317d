"""Files that only the holder of a key or a passphrase can read, in age's format (age-encryption.org/v1)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from data.private_files import swap_in, swapping
from mobility.errors import MobilityError
from mobility.late import late

if TYPE_CHECKING:
    import pyrage
else:
    pyrage = late("pyrage")

SHORTEST_PASSPHRASE = 12
LARGEST_BY_PASSPHRASE = 400_000_000
"""Bytes that a passphrase seals: the library has no other way than to hold all of it in memory, twice."""
_MARGIN = 1_000_000
"""Bytes that a sealed file may be larger than what it holds, by far: 16 for 65,536."""
_FIRST = b"age-encryption.org/v1\n"
_BY_PASSPHRASE = b"-> scrypt "


@dataclass(frozen=True)
class Seal:
    """Who may open a file: holders of the keys to some recipients ("age1…"), or of a passphrase."""

    recipients: Sequence[str] = ()
    passphrase: str = ""

    def __post_init__(self) -> None:
        """Refuse a passphrase that is soon guessed."""
        if not self.recipients and len(self.passphrase) < SHORTEST_PASSPHRASE:
            raise MobilityError(
                "short-key", f"a passphrase has {SHORTEST_PASSPHRASE} signs at least", field="passphrase",
                least=SHORTEST_PASSPHRASE,
            )  # fmt: skip


@dataclass(frozen=True)
class Key:
    """What opens a sealed file: an identity file's text ("AGE-SECRET-KEY-1…"), or a passphrase."""

    identity: str = ""
    passphrase: str = ""


def is_sealed(path: Path) -> bool:
    """Tell whether a file is sealed."""
    with path.open("rb") as file:
        return file.read(len(_FIRST)) == _FIRST


def wants_passphrase(path: Path) -> bool:
    """Tell whether a sealed file is opened by a passphrase rather than a key."""
    with path.open("rb") as file:
        return file.read(len(_FIRST) + len(_BY_PASSPHRASE)) == _FIRST + _BY_PASSPHRASE


def seal_file(content: IO[bytes], target: Path, seal: Seal) -> None:
    """Write what is read to a sealed file, whole or not at all.

    By a passphrase, all of it is held in memory: raises "sealed-too-large" beyond ``LARGEST_BY_PASSPHRASE`` bytes.
    """
    if seal.passphrase:
        _refuse_large(content.seek(0, os.SEEK_END), target, "seal it to a key instead (--recipient)")
        content.seek(0)
        swap_in(target, pyrage.passphrase.encrypt(content.read(), seal.passphrase))
        return
    try:
        recipients = [pyrage.x25519.Recipient.from_str(text) for text in seal.recipients]
    except (pyrage.RecipientError, UnicodeEncodeError):
        raise MobilityError(
            "bad-recipient", "this is no public key of age (age1…; age-keygen makes one)", field="--recipient"
        ) from None
    with swapping(target) as partial, partial.open("wb") as file:
        pyrage.encrypt_io(content, file, recipients)


def open_sealed(path: Path, target: IO[bytes], key: Key) -> None:
    """Write what a sealed file holds to another one, in the clear; raises where the key is missing or another."""
    by_passphrase = wants_passphrase(path)
    if not (key.passphrase if by_passphrase else key.identity):
        wanted = "passphrase (--passphrase-file)" if by_passphrase else "key (--identity)"
        raise MobilityError("sealed", f"this file is encrypted: its {wanted} is needed", field=str(path))
    if by_passphrase:
        _refuse_large(path.stat().st_size - _MARGIN, path, "open it with age first (age --decrypt)")
    try:
        with path.open("rb") as file:
            if by_passphrase:
                target.write(pyrage.passphrase.decrypt(file.read(), key.passphrase))
            else:
                pyrage.decrypt_io(file, target, _identities(key.identity))
    except (pyrage.DecryptError, pyrage.IdentityError, OSError):
        raise MobilityError(
            "wrong-seal", "this file does not open with this key or passphrase, or it was changed", field=str(path)
        ) from None


def _refuse_large(size: int, path: Path, instead: str) -> None:
    if size > LARGEST_BY_PASSPHRASE:
        megabytes = LARGEST_BY_PASSPHRASE // 1_000_000
        raise MobilityError(
            "sealed-too-large",
            f"what a passphrase seals is held in memory, and may be {megabytes} MB at most: {instead}",
            field=str(path), megabytes=megabytes,
        )  # fmt: skip


def _identities(text: str) -> list[pyrage.x25519.Identity]:
    """Read an identity file: lines, of which those with "#" say something to people."""
    lines = [line.strip() for line in text.splitlines()]
    return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
