"""Where the site was last started: commands that print its addresses run beside it, and know its settings alone."""

from pathlib import Path

from data.kept_files import keep, read_kept_text
from desks.settings import Settings


def _file(settings: Settings) -> Path:
    # Beside the territory's folder, not in it: what is there goes into backups.
    return settings.state / f"served-{Path(settings.territory).name}.address"


def note_address(settings: Settings) -> None:
    """Keep the address at which a site starts, its port as it was asked for; one that cannot be kept is told."""
    keep(_file(settings), settings.public_url)


def served_address(settings: Settings) -> str:
    """Return the address of the site: what the settings name for the public, or where it was last started."""
    if settings.public_address:
        return settings.public_url
    kept = read_kept_text(_file(settings))
    return kept if kept.startswith(("http://", "https://")) else settings.public_url
