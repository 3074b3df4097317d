"""What a catalogue of open data lists: datasets, their files, their owner."""

from dataclasses import dataclass
from datetime import date

from mobility.licences import Licence

VOCABULARY = "https://w3id.org/mobilitydcat-ap"
"""Address of the vocabulary of themes and standards."""
GTFS, OTHER_STANDARD = f"{VOCABULARY}/mobility-data-standard/gtfs", f"{VOCABULARY}/mobility-data-standard/other"


@dataclass(frozen=True)
class CatalogueFile:
    """A file to download: its address, format (a key of ``formats.MEDIA``) and words."""

    url: str
    format: str
    title: str
    standard: str = OTHER_STANDARD


@dataclass(frozen=True)
class CatalogueEntry:
    """A dataset: its words in French, theme (of mobilityDCAT-AP), files, licence, dates."""

    id: str
    title: str
    description: str
    theme: str
    licence: Licence
    files: tuple[CatalogueFile, ...]
    modified: date
    first: date | None = None
    last: date | None = None
    attribution: str = ""


@dataclass(frozen=True)
class CatalogueOwner:
    """Who publishes: name, mail, address of the site, bounds (west, south, east, north) of the territory."""

    name: str
    mail: str
    address: str
    bounds: tuple[float, float, float, float]
