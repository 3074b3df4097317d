"""The site as it runs: its desks, opened anew where other roads or stops were sent, and its long work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Event

from flask import current_app, g

from data.store import Store
from data.territory_files import find_folder
from desks.accounts.proconnect import IdentityServer
from desks.chores import Chore
from desks.ground import file_stamp, own_stops_file, uploaded_roads
from desks.house import House
from desks.jobs import Jobs
from desks.kept import Kept
from desks.settings import Settings
from mobility.modules import ACCESS, TRANSPORT
from webapp.opening import open_house
from webapp.pictures.base_map import BaseMap


@dataclass
class Wired:
    """A running site."""

    settings: Settings
    clock: Callable[[], datetime]
    jobs: Jobs = field(init=False)
    has_accounts: bool = False
    """True once an account was seen: from then on everyone signs in."""
    base_map: Kept[BaseMap] = field(default_factory=Kept, repr=False)
    """The tiles of the base map."""
    checks: Kept[Mapping[str, str]] = field(default_factory=Kept, repr=False)
    """What was found when somebody asked last whether the site is ready."""
    bell: Event = field(default_factory=Event, repr=False)
    """Rung where someone waits for a message that was just queued."""
    _house: Kept[House] = field(default_factory=Kept, repr=False)
    _store: Store | None = field(default=None, repr=False)
    _rounds: int = field(default=0, repr=False)
    """How often the chores were asked for."""

    def house(self) -> House:
        """Return the desks of the site."""
        roads = uploaded_roads(self.settings, self._territory)
        stops = own_stops_file(self.settings, self._territory)
        return self._house.get((file_stamp(roads), file_stamp(stops)), self._opened)

    def chores(self) -> Mapping[str, Chore]:
        """Return what time brings to the site: to its long work, then to each desk."""
        here = self.house()
        gaps = {"gaps": lambda _: self._begin_gaps(here)} if here.ground.modules.has(ACCESS) else {}
        # Timetables are read by each process for itself: a command that does the chores would read them for nobody. The
        # first pages of a start go before them.
        self._rounds += 1
        later = self._rounds > 1 and here.ground.modules.has(TRANSPORT)
        journeys = {"journeys": here.transport.get_ready} if later else {}
        return {"work": lambda _: self.jobs.keep_up(), **gaps, **here.chores, **journeys}

    def _begin_gaps(self, here: House) -> dict[str, int]:
        """Begin the study of the gaps where the plan, a feed or a file has changed: once, whatever comes of it."""
        stamp = here.access.awaited()
        return {"studies begun": int(bool(stamp) and self.jobs.start_once("gaps", {"stamp": stamp}))}

    @cached_property
    def _territory(self) -> str:
        return find_folder(self.settings.territory).id

    def _opened(self) -> House:
        """Open the desks; where others were open already, their database goes on being used."""
        opened = open_house(self.settings, self.clock)
        if self._store is None:
            self._store = opened.store
        opened.store = self._store
        return opened

    @cached_property
    def identity_server(self) -> IdentityServer | None:
        """Return the server by which people sign in, if the settings name one."""
        return IdentityServer(self.settings) if self.settings.oidc_issuer else None


def wired() -> Wired:
    """Return the running site of the application that answers."""
    found: Wired = current_app.extensions["wired"]
    return found


def house() -> House:
    """Return the desks of the application that answers: the same throughout a request, whose files are asked once."""
    if "house" not in g:
        g.house = wired().house()
    found: House = g.house
    return found


def jobs() -> Jobs:
    """Return the long work of the application that answers."""
    return wired().jobs
