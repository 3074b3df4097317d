"""The calendar in force as it is saved: one file decides, and names the study that is of it."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from data.kept_files import DamagedError
from data.plan_files import in_todays_words, parse_plan, plan_text
from data.plan_store import PlanStore
from mobility.bus_calendar import Plan
from mobility.errors import MobilityError

CURRENT_PLAN = "current"
"""Name of the document that decides: the plan in force, and how it came to be."""
OLD_STUDY, OLD_FINGERPRINT = "study", "fingerprint"
"""Names that former versions gave to the study of the plan in force, and to what it rests on."""
_COPY = "current-copy"
"""Name of a second copy of it, for where the first cannot be read."""
_IN_FORCE = "in_force"
_SPARED = 3
"""Studies that stay: whoever read the plan before a moment ago still finds what explains it."""


@dataclass(frozen=True)
class Statement:
    """How a calendar came in force: what it rests on, and whether a planner chose it.

    ``name``, ``author`` and ``at`` (an ISO instant) are what the history says of it, "" where it was not told.
    """

    files: str
    adopted: bool
    name: str = ""
    author: str = ""
    at: str = ""


@dataclass(frozen=True)
class SavedCalendar:
    """A calendar with its document as JSON, the name of the study that is of it, and how it came in force."""

    plan: Plan
    text: str
    study: str
    statement: Statement
    whole: bool = True
    """False where its file cannot be read, and its copy stands for it."""


def read_saved(plans: PlanStore) -> SavedCalendar | None:
    """Return the calendar in force, or None; where its file is damaged, what the copy says."""
    try:
        return _read(plans, CURRENT_PLAN)
    except MobilityError:
        with suppress(MobilityError):
            copied = _read(plans, _COPY)
            if copied:
                return replace(copied, whole=False)
        raise


def _read(plans: PlanStore, name: str) -> SavedCalendar | None:
    """Return the calendar of a file, or None where there is none; what former versions wrote is read too."""
    try:
        text = plans.text(name)
    except DamagedError as error:
        raise MobilityError(
            "broken-plan", f"it cannot be read ({error})", field=f"{name}.json", reason=str(error)
        ) from None
    if text is None:
        return None
    plan, document = parse_plan(text, f"{name}.json"), in_todays_words(json.loads(text))
    said = document.pop(_IN_FORCE, None)
    if said is None:
        rests = plans.document(OLD_FINGERPRINT)
        said = {"study": OLD_STUDY, "files": rests.get("files", ""), "adopted": bool(rests.get("adopted"))}
    try:
        study = said.pop("study")
        # A later version may say more of it.
        statement = Statement(**{name: told for name, told in said.items() if name in Statement.__annotations__})
    except (AttributeError, KeyError, TypeError) as error:
        raise MobilityError(
            "broken-plan", f"how it came in force is missing or wrong ({error!r})", field=f"{name}.json",
            reason=repr(error),
        ) from None  # fmt: skip
    return SavedCalendar(plan, json.dumps(document, ensure_ascii=False), study, statement)


def lay_ready(plans: PlanStore, plan: Plan, study: Mapping[str, Any], statement: Statement) -> SavedCalendar:
    """Write what explains a calendar under a name of its own; the one in force stays until :func:`swap`."""
    text = plan_text(plan)
    stamp = hashlib.sha256(f"{statement}{text}".encode()).hexdigest()[:16]
    plans.save(f"{OLD_STUDY}-{stamp}", dict(study))
    return SavedCalendar(plan, text, f"{OLD_STUDY}-{stamp}", statement)


def swap(plans: PlanStore, ready: SavedCalendar) -> None:
    """Put a calendar that lies ready in force: one file takes the place of another, then its copy does."""
    document = {**json.loads(ready.text), _IN_FORCE: {"study": ready.study, **asdict(ready.statement)}}
    plans.save(CURRENT_PLAN, document)
    plans.save(_COPY, document)


def keep_copy(plans: PlanStore, saved: SavedCalendar) -> None:
    """Make the copy of the calendar in force what it should be, or the calendar what its copy says."""
    with suppress(DamagedError):
        if saved.whole and plans.text(_COPY) == plans.text(CURRENT_PLAN):
            return
    swap(plans, saved)


def clear(plans: PlanStore, in_force: SavedCalendar) -> None:
    """Remove the studies of calendars that are no longer in force, but for the last few."""
    others = [name for name in plans.names() if name.startswith(OLD_STUDY) and name != in_force.study]
    for name in sorted(others, key=lambda name: plans.stamp(name) or 0)[: 1 - _SPARED]:
        plans.remove(name)
