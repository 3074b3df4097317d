"""A process that is killed before one of its writes: what landed of an act is whole, or nothing of it landed."""

import multiprocessing
import os
import signal
from collections.abc import Callable

from sqlalchemy import event

from data.store import Store
from desks.house import House
from desks.rides.desk import RideDesk
from webapp.opening import open_rides

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")
Act = Callable[[RideDesk], object]


def _act(installation: House, database: str, act: Act, number: int) -> None:
    """In a process of its own: open the store anew, and be killed before the n-th write."""
    desk = open_rides(installation.settings, installation.ground, Store(database))
    count = 0

    @event.listens_for(desk.store.engine, "before_cursor_execute")
    def before(_connection, _cursor, statement, _parameters, _context, _many):
        nonlocal count
        count += statement.startswith(WRITES)
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(desk.store.engine, "commit")
    def commit(_connection):
        # PostgreSQL's driver sends the end of a transaction without a statement of its own.
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    act(desk)


def killed_at(installation: House, desk: RideDesk, act: Act, number: int) -> bool:
    """Run an act in a process that kills itself before its n-th write; tell whether it was killed."""
    process = multiprocessing.get_context("fork").Process(
        target=_act, args=(installation, desk.store.url, act, number), daemon=True
    )
    process.start()
    process.join(60)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0
