"""The word that opens the first account: printed when the site starts, good once, known to every worker.

Only its hash is kept, in the state folder: whoever can read that folder learns nothing from it. A word holds 140 bits.
"""

import hmac
import secrets
from pathlib import Path

from data.kept_files import read_kept_text, write_kept
from data.store import digest
from desks.settings import Settings
from mobility.errors import MobilityError

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""No letter that is taken for another one."""
GROUPS, IN_A_GROUP = 7, 4


def _file(settings: Settings) -> Path:
    # Beside the territory's folder, not in it: what is there goes into backups.
    return settings.state / f"first-account-{Path(settings.territory).name}.sha256"


def _plain(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())


def new_first_word(settings: Settings) -> str:
    """Return a new word, to be printed; whatever was printed before opens nothing any more."""
    word = "-".join("".join(secrets.choice(LETTERS) for _ in range(IN_A_GROUP)) for _ in range(GROUPS))
    write_kept(_file(settings), digest(_plain(word)))
    return word


def sign_of(word: str) -> str:
    """Return the sign that a word was shown: by it nobody learns the word."""
    return digest(_plain(word[:200]))


def was_shown(settings: Settings, sign: str) -> bool:
    """Tell whether a sign is that of the word that was printed last; where none is kept, none is right.

    So it is where the file was lost, or the word was used and the account it was to open did not come to be.
    """
    kept = read_kept_text(_file(settings)).encode()
    return bool(kept) and hmac.compare_digest(kept, sign.encode())


def check_first_word(settings: Settings, word: str) -> None:
    """Raise where a word is not the one that was printed last, or was used."""
    if not was_shown(settings, sign_of(word)):
        raise _wrong()


def burn_first_word(settings: Settings, word: str) -> None:
    """Use a word up; of two who bring it at once, one raises."""
    check_first_word(settings, word)
    try:
        _file(settings).unlink()
    except FileNotFoundError:
        raise _wrong() from None


def forget_first_word(settings: Settings) -> None:
    """Let no printed word open anything any more."""
    _file(settings).unlink(missing_ok=True)


def _wrong() -> MobilityError:
    return MobilityError("wrong-first-word", "this is not the word that was printed, or it was used", field="word")
