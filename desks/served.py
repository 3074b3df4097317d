"""Where the site was last started: commands that print its addresses run beside it, and know its settings alone."""

from pathlib import Path

from data.private_files import private_folder, swap_in
from desks.settings import Settings


def _file(settings: Settings) -> Path:
    # Beside the territory's folder, not in it: what is there goes into backups.
    return settings.state / f"served-{Path(settings.territory).name}.address"


def note_address(settings: Settings) -> None:
    """Keep the address at which a site starts, its port as it was asked for."""
    private_folder(settings.state)
    swap_in(_file(settings), settings.public_url)


def served_address(settings: Settings) -> str:
    """Return the address of the site: what the settings name for the public, or where it was last started."""
    if settings.public_address:
        return settings.public_url
    try:
        return _file(settings).read_text(encoding="utf-8") or settings.public_url
    except OSError:
        return settings.public_url
