"""*Ma journée*: everything due, from every desk, in order of hour, with the one act beside each."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from desks.day.due import Due
from desks.rides.example import has_example
from desks.telephone import conversation
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from mobility.clock import DAY, HOUR, ZONE
from mobility.working_hours import WorkingHours
from webapp.pages.desk import pages
from webapp.pages.former import requests_of_a_day
from webapp.server.visitor import may, own_desk, visitor, who
from webapp.wiring import house
from webapp.words.day import DESKS, GROUPS, KINDS, Line, line_of
from webapp.words.french import day_words, ending, hour_words, joined, short_day_words, started

CALLS = ("callback", "call", "sms")
"""What is due to someone who rang, wrote or was promised a call."""
MOST_NOTICES = 4
"""Notices told beside the day; the others are a link away."""
NOON, EVENING = 12 * HOUR, 18 * HOUR
FIRST_ACTS = {
    AGENT: ("desk.telephone", "Prendre une demande"), PLANNER: ("prepare.index", "Préparer le calendrier du bus"),
    ADMINISTRATOR: ("accounts.index", "Ouvrir un compte"),
}  # fmt: skip
"""Where whoever has nothing due may begin."""
AWAITED = {
    AGENT: "appels, réponses, trajets, passages du bus",
    PLANNER: "calendriers trouvés, passages du bus, horaires",
}
"""What may come into the list of each role."""
_LEADS: dict[str, Callable[[Due], str]] = {
    **dict.fromkeys(CALLS, lambda due: url_for("desk.telephone", appel=due.about)),
    **dict.fromkeys(("proposal", "request", "unmet", "ride"), lambda due: url_for("desk.show", identifier=due.about)),
    "requests": lambda due: url_for("desk.requests", jour=due.about, etat="a-traiter"),
    "unmets": lambda due: url_for("desk.requests", jour=due.about, etat="sans-reponse"),
    "visit": lambda due: url_for("communes.show", insee=due.about),
    "draft": lambda _: url_for("scenarios.index"),
    **dict.fromkeys(("say", "failed"), lambda _: url_for("desk.messages")),
    "list": lambda due: url_for("imports.show", identifier=due.about),
    **dict.fromkeys(("feed-over", "feed-ends", "feed-failed"), lambda due: url_for("open_data.feed", name=due.about)),
    **dict.fromkeys(("notice-ends", "notice-lost"), lambda due: url_for("notices.write", _anchor=due.about)),
}
"""Where each thing that is due leads."""
_ACTS = {
    **dict.fromkeys(CALLS, "Appeler"), "proposal": "Noter la réponse", "request": "Chercher",
    "requests": "Chercher", "unmet": "Appeler", "unmets": "Voir", "ride": "Voir", "visit": "Voir", "draft": "Choisir",
    "list": "Regarder",
    "say": "Appeler", "failed": "Voir",
    **dict.fromkeys(("feed-over", "feed-ends", "feed-failed", "notice-ends", "notice-lost"), "Voir"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A thing that is due, ready to be shown. ``done`` is the call that one tap closes, if it is one."""

    due: Due
    at: str
    line: Line
    kind: str
    drawing: str
    leads: str
    act: str
    done: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the day with what falls into it."""

    title: str
    rows: tuple[Row, ...]
    is_past: bool = False


@pages.get("/")
def index() -> str | Response:
    """Show what is due to the visitor."""
    here = house()
    if moved := requests_of_a_day():
        return moved
    now = here.clock().astimezone(ZONE)
    found = here.day.due(now, visitor())
    _note_names(found.due)
    wanted = request.args.get("voir", "")
    counts = {group: sum(KINDS[due.what][0] == group for due in found.due) for group in GROUPS}
    shown = [due for due in found.due if wanted not in GROUPS or KINDS[due.what][0] == wanted]
    hours = here.rides.hours.of(visitor().scope.structure)
    # The head counts what the sections hold: the same question decides both.
    parts = Counter(part_of(due, now, hours) for due in found.due)
    return render_template(
        "my_day.html", title=started(day_words(now.date())), clock=hour_words(now),
        sections=day_parts(shown, now, hours), counts=counts, total=len(found.due), groups=GROUPS,
        late=parts[_LATE], soon=sum(parts[name] for name in _TODAY), free=parts[_FREE],
        wanted=wanted if wanted in GROUPS else "", missing=joined([DESKS[name] for name in found.silent]),
        first=_first_act(), closed=_closed_call(), example=may(AGENT) and has_example(here.rides),
        most_notices=MOST_NOTICES, structures=_structures(),
        awaited=next((words for role, words in AWAITED.items() if may(role)), ""),
    )  # fmt: skip


def _structures() -> str:
    """Return the structures that the visitor works for; "" for whoever sees all of them."""
    scope = visitor().scope
    return "" if scope.everything else joined(sorted(scope.structures))


def _note_names(shown: Sequence[Due]) -> None:
    named = [due.person or due.about for due in shown if due.person or due.what in CALLS]
    named += [person for due in shown for person in due.others]
    if named:
        conversation.calls_seen(own_desk(), named, now=house().clock(), who=who())


def day_parts(shown: Sequence[Due], now: datetime, hours: WorkingHours) -> list[Part]:
    """Return what is due by parts of the day: the late, what is to come, whenever one can, what is over."""
    parts: dict[str, list[Row]] = {}
    for due in shown:
        part = part_of(due, now, hours)
        parts.setdefault(part, []).append(_row(due, now, part))
    days = [name for name in parts if name not in _ORDER]
    order = [*_ORDER[:6], *days, *_ORDER[6:]]
    return [Part(name, tuple(parts[name]), is_past=name == _PAST) for name in order if name in parts]


_LATE, _NOW, _TOMORROW = "En retard", "À faire tout de suite", "Demain"
_FREE, _PAST = "Quand vous pourrez", "Plus tôt aujourd'hui"
_TODAY = (_NOW, "Ce matin", "Cet après-midi", "Ce soir")
_ORDER = (_LATE, *_TODAY, _TOMORROW, _FREE, _PAST)
_HAPPENS = ("ride", "visit")
"""What has an hour of its own; all else has a deadline, by which someone who works must have done it."""


def part_of(due: Due, now: datetime, hours: WorkingHours) -> str:
    """Return the part of the day in which something is due: when work ends before it, where that is not open then."""
    if due.late:
        return _LATE
    if due.at is None:
        return _FREE
    at = due.at.astimezone(now.tzinfo)
    if at < now:
        return _PAST
    if due.what not in _HAPPENS:
        worked = hours.last_worked(at)
        if worked is None or worked < now:
            return _NOW
        if worked < at:
            # What must be done by the end of work at noon is the morning's.
            at = worked.astimezone(now.tzinfo) - timedelta(minutes=1)
    day, _ = ending(at)
    if day == now.date():
        seconds = DAY if day < at.date() else at.hour * HOUR
        return "Ce matin" if seconds < NOON else "Cet après-midi" if seconds < EVENING else "Ce soir"
    return _TOMORROW if day == now.date() + timedelta(days=1) else started(day_words(day))


def _row(due: Due, now: datetime, part: str) -> Row:
    _, kind, drawing = KINDS[due.what]
    return Row(
        due, _hour(due.at, now, part), line_of(due, ZONE, now), kind, drawing, _LEADS[due.what](due),
        "Voir" if due.facts.get("over") else _ACTS[due.what], due.about if due.what in CALLS else "",
    )  # fmt: skip


def _hour(at: datetime | None, now: datetime, part: str) -> str:
    if at is None:
        return ""
    day, hour = ending(at.astimezone(now.tzinfo))
    if day < now.date():
        return short_day_words(day)
    # What is to be done on an earlier day than it ends says which day that is.
    told = _TOMORROW if day == now.date() + timedelta(days=1) else started(day_words(day))
    return hour if day == now.date() or part == told else f"{short_day_words(day)}, {hour}"


def _first_act() -> tuple[str, str]:
    """Return where whoever has nothing due may begin, and in what words."""
    return next((url_for(endpoint), words) for role, (endpoint, words) in FIRST_ACTS.items() if may(role))


def _closed_call() -> str:
    """Return the call that was just said to be done, where that can still be taken back."""
    asked = request.args.get("fait", "")
    return asked if asked and may(AGENT) and conversation.is_closed(own_desk(), asked) else ""


@pages.post("/fait")
def done() -> Response:
    """Write down that someone was called back, or that this was said by mistake."""
    call, here = request.form.get("appel", ""), house()
    if request.form.get("acte") == "remettre":
        conversation.reopen_waiting(own_desk(), call, now=here.clock(), who=who())
        return redirect(url_for("desk.index"), code=303)
    conversation.close_waiting(own_desk(), call, now=here.clock(), who=who())
    return redirect(url_for("desk.index", fait=call), code=303)
