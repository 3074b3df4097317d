"""The desk of one installation, wired from its settings."""

from pathlib import Path
from zoneinfo import ZoneInfo

from data.ride_rules import read_ride_rules
from data.store import Store
from desks.rides.desk import RideDesk
from desks.workspace import Workspace
from mobility.travel_cache import TravelCache
from webapp.words.rides import RideWords

ZONE = ZoneInfo("Europe/Paris")


def open_desk(workspace: Workspace) -> RideDesk:
    """Open the store that the settings name, its tables brought up to date, and wire the desk."""
    settings = workspace.settings
    url = settings.database_url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    telephone = workspace.telephone
    return RideDesk(
        workspace, Store(url), read_ride_rules(), TravelCache(workspace.roads),
        RideWords(settings.public_url, telephone), ZONE, settings.answer_hours,
    )  # fmt: skip
