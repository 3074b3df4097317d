"""What time brings to the rides: late proposals end, tomorrow's rides are reminded of, past days are closed."""

from datetime import datetime

from desks.rides.answers import close_days, expire, remind
from desks.rides.desk import RideDesk


def ride_chores(desk: RideDesk, now: datetime) -> dict[str, int]:
    """Do once what time brings; return how much of each."""
    return {
        "expired": len(expire(desk, now=now)),
        "reminded": remind(desk, now=now),
        "closed": close_days(desk, now=now),
    }
