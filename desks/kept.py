"""Values that are made once and made again where what they rest on has changed."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """One value with the stamp it was made for. A stamp is data: versions of inputs and of methods."""

    def __init__(self) -> None:
        self._known: tuple[object, T] | None = None
        self._lock = threading.RLock()

    def get(self, stamp: object, make: Callable[[], T]) -> T:
        """Return the value of a stamp, made now where another was kept."""
        known = self._known
        if known is None or known[0] != stamp:
            # Two visitors who come first must not both do the work.
            with self._lock:
                known = self._known
                if known is None or known[0] != stamp:
                    known = (stamp, make())
                    self._known = known
        return known[1]
