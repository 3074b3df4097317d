"""The planner's choice of a season as a document."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from mobility.clock import parse_day
from mobility.dates import POLICIES, Closure, DateRange, Move
from mobility.errors import Faults, MobilityError, out_of_range
from mobility.written import is_number

LONGEST_DAYS = 800
UNNAMED = "fermeture"
"""What a closure is called whose reason nobody gave."""


@dataclass(frozen=True)
class SeasonChoice:
    """What the planner chose; ``first`` and ``last`` None follow the clock: from this week on, thirty weeks.

    ``first_week`` is the week of the cycle in which ``anchor`` lies, for strict alternation. ``taken`` are closures
    that came from lists, those that a planner took away since as well: a list that names them again says nothing new.
    """

    policy: str = "iso-parity"
    first: date | None = None
    last: date | None = None
    first_week: int = 1
    anchor: date | None = None
    move_holidays: bool = True
    pause_school: bool = False
    closures: tuple[Closure, ...] = ()
    moves: tuple[Move, ...] = ()
    taken: tuple[Closure, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the choice as JSON."""
        return {
            "policy": self.policy,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "first_week": self.first_week,
            "anchor": self.anchor.isoformat() if self.anchor else None,
            "move_holidays": self.move_holidays,
            "pause_school": self.pause_school,
            "closures": [_told(closure) for closure in self.closures],
            "moves": [
                {**asdict(move), "usual": move.usual.isoformat(), "day": move.day.isoformat()} for move in self.moves
            ],
            **({"taken": [_told(closure) for closure in self.taken]} if self.taken else {}),
        }


def _told(closure: Closure) -> dict[str, str | None]:
    days = closure.days
    told = {"name": days.name, "first": days.first.isoformat(), "last": days.last.isoformat(), "stop": closure.stop}
    return {**told, **({"session": closure.session} if closure.session else {})}


def parse_choice(content: Mapping[str, Any]) -> SeasonChoice:
    """Read a choice from JSON or form values; every fault names its field."""
    closures, taken = (_closures(content, field) for field in ("closures", "taken"))
    moved = _entries(content, "moves")
    policy = content.get("policy") or "iso-parity"
    with Faults() as faults:
        if policy not in POLICIES:
            faults.add(
                MobilityError(
                    "bad-policy", f"'{policy}' is not a policy; use {' or '.join(POLICIES)}", field="policy",
                    value=policy,
                )
            )  # fmt: skip
        first_week = faults.of(lambda: _cycle_week(content.get("first_week") or 1), 1)
        first = faults.of(lambda: _day(content.get("first"), "first"), None)
        last = faults.of(lambda: _day(content.get("last"), "last"), None)
        if first and last and (last < first or (last - first).days > LONGEST_DAYS):
            raise MobilityError(
                "bad-season", f"the season must end after it starts, within {LONGEST_DAYS} days", field="last",
                first=first.isoformat(), last=last.isoformat(),
            )  # fmt: skip
    return SeasonChoice(
        policy=policy,
        first=first,
        last=last,
        first_week=first_week,
        anchor=_day(content.get("anchor"), "anchor"),
        move_holidays=bool(content.get("move_holidays", True)),
        pause_school=bool(content.get("pause_school", False)),
        closures=closures,
        moves=tuple(_move(item) for item in moved),
        taken=taken,
    )


def _closures(content: Mapping[str, Any], field: str) -> tuple[Closure, ...]:
    return tuple(
        Closure(
            DateRange(
                str(item.get("name") or UNNAMED), parse_day(item.get("first"), field=field),
                parse_day(item.get("last") or item.get("first"), field=field),
            ),
            item.get("stop") or None,
            item.get("session") or None,
        )
        for item in _entries(content, field)
    )  # fmt: skip


def _entries(content: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    if not isinstance(content, Mapping):
        raise MobilityError("broken-season", "the season is no document", field="season.json", reason="a list")
    found = content.get(field) or []
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise MobilityError("broken-season", f"the season's {field} are not listed", field=field, reason=field)
    return found


def _move(item: Mapping[str, Any]) -> Move:
    usual, day = (parse_day(item.get(name), field="moves") for name in ("usual", "day"))
    session, bus, stop, held, reason = (str(item.get(k) or "") for k in ("session", "bus", "stop", "held", "reason"))
    return Move(usual, session, bus, stop, day, held, reason)


def _day(text: object, field: str) -> date | None:
    return parse_day(text, field=field) if text else None


def _cycle_week(text: object) -> int:
    words = str(text)
    if not (is_number(words) and 1 <= int(words) <= 52):
        raise out_of_range(words, 1, 52, field="first_week")
    return int(words)
