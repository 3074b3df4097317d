"""Who goes first on a machine of two cores: visitors, then long work."""

import os
import sys
import threading

BEHIND = 10
"""Steps of "nice" behind visitors: about a tenth of a core where both want it, all of it where nobody else does."""


def give_way() -> None:
    """Let this thread, and those that it begins, go behind all others; elsewhere than on Linux, nothing changes."""
    if sys.platform == "linux":
        this = threading.get_native_id()
        # A process that was started further behind stays there: only the owner of the machine moves it up.
        os.setpriority(os.PRIO_PROCESS, this, max(BEHIND, os.getpriority(os.PRIO_PROCESS, this)))
