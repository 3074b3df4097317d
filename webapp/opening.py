"""The composition root that both doors share: settings and clock in, the desks with French words out. No Flask."""

from collections.abc import Callable
from datetime import datetime

from data.private_files import private_state
from data.ride_rules import read_ride_rules
from data.store import Store
from desks.accounts import messages as account_messages
from desks.ground import Ground, open_ground
from desks.house import House
from desks.outbox.wording import Wordings
from desks.rides import messages
from desks.rides.desk import RideDesk
from desks.settings import Settings
from mobility.clock import ZONE
from mobility.travel_cache import TravelCache
from webapp.words import typography
from webapp.words.accounts import AccountWords
from webapp.words.rides import RideWords


def local_now() -> datetime:
    """Return the present as clocks of the territory show it, whatever the machine's own zone: a server keeps UTC."""
    return datetime.now(ZONE)


def open_house(settings: Settings, clock: Callable[[], datetime] = local_now) -> House:
    """Read the territory that the settings name and wire its desks; its state is closed to other accounts first."""
    private_state(settings.state)
    return House(settings, open_ground(settings), clock, open_rides, join_wording)


def open_rides(settings: Settings, ground: Ground, store: Store) -> RideDesk:
    """Wire the rides' desk on a store, with the words of its messages."""
    words = RideWords(settings.public_url, ground.telephone)
    return RideDesk(
        ground,
        store,
        read_ride_rules(),
        TravelCache(ground.roads),
        messages.RideMessages(words, ZONE),
        ground.hours,
        settings.public_url,
        settings.answer_hours,
    )


def join_wording(settings: Settings, rides: RideDesk) -> Wordings:
    """Join the words of all desks' messages."""
    of_accounts = account_messages.AccountMessages(AccountWords(settings))
    return Wordings.join(
        (messages.PURPOSES, rides.messages), (account_messages.PURPOSES, of_accounts), typeset=typography.bound
    )
