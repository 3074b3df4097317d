"""What was told of people in a period, kept: the same figure is never told twice, of two states.

Whoever looks each minute sees the figure of the period and nothing of who came or went since; the difference to the
next period's is all that a difference tells.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from data.plan_store import PlanStore
from data.troubles import disk_trouble
from mobility.disclosure import Kind, Period
from mobility.errors import UnavailableError

Told = TypeVar("Told")
Other = TypeVar("Other")


class UntoldError(UnavailableError):
    """A figure cannot be kept, and so is not told: another one could be told of the same period later."""


def if_told(figures: Callable[[], Told], otherwise: Other) -> Told | Other:
    """Return figures, or what stands for them where they cannot be kept: the page around them is shown anyway."""
    try:
        return figures()
    except UntoldError:
        return otherwise


@dataclass(frozen=True)
class Released:
    """The figures told in their periods; a kind of figure has one document a period, and so one cut."""

    plans: PlanStore
    today: Callable[[], date]

    def now(self, kind: Kind, make: Callable[[Period], dict[str, Any]]) -> dict[str, Any]:
        """Return what is told in today's period, made where nothing was told in it yet."""
        period = kind.period(self.today())
        return self.once(kind, period.name, lambda: make(period))

    def once(self, kind: Kind, period: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what was told in a period, made where nothing was; of two who make it at once, the first's stands.

        Raises :class:`UntoldError` where the disk cannot keep it.
        """
        name = f"told-{kind.id}-{period}"
        if told := self.plans.document(name):
            return told
        made = make()
        try:
            return dict(json.loads(self.plans.save_first(name, made)))
        except OSError as error:
            if code := disk_trouble(error):
                raise UntoldError(code, "a figure of people is told once it is kept, and it cannot be") from error
            raise
