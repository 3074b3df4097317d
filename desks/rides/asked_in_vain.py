"""What came of asking the drivers who could serve a request, in numbers: who stayed silent did not refuse."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from mobility.rides import EXPIRED, REFUSED, Match


@dataclass(frozen=True)
class AskedInVain:
    """How many drivers are not asked again for a request: they said no, were silent, or the rider said no to them."""

    refused: int = 0
    silent: int = 0
    unwanted: int = 0

    @classmethod
    def of(cls, drivers: Iterable[str], history: Iterable[Match]) -> "AskedInVain":
        """Count drivers by what the matches of the request tell: who is in several, by the newest."""
        became: dict[str, str] = {}
        for match in history:
            for ride in match.rides:
                unanswered = match.state == EXPIRED and ride.answer != "yes"
                unwanted = match.state == REFUSED and match.reason == "rider"
                told = "silent" if unanswered else "unwanted" if unwanted else "refused"
                became.setdefault(ride.driver, told)
        return cls(**Counter(became.get(driver, "refused") for driver in set(drivers)))
