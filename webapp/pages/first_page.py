"""The first page: where do you live, what do you need; what is near, without a click."""

from flask import Blueprint, render_template, request, url_for

from desks.ways.nearby import counter_states
from mobility.errors import MobilityError
from webapp.pages.form_values import beside
from webapp.pages.question import FROM, Near, near_of, often, stated_place, suggestions_of
from webapp.wiring import house
from webapp.words import answers
from webapp.words.topics import placed_topics

pages = Blueprint("first", __name__)
NEXT = 3
"""Visits shown to whom has not said where they live."""


@pages.get("/")
def index() -> str:
    """Ask the one question; show the bus and the counter near, where one lives if that is known."""
    here = house()
    said, place, near = request.args.get("de", "").strip()[:120], None, Near([], [])
    faults: dict[str, str] = {}
    likely: list[tuple[str, str]] = []
    if said:
        try:
            place = stated_place(here, said)
            near = near_of(here, place)
        except MobilityError as error:
            faults = beside(error, {FROM: "de"}, here.ground.names(), suggests=False)
            likely = [(name, url_for("first.index", de=name)) for name in suggestions_of(error)]
    plan = here.calendar.saved()
    coming = here.calendar.dated().coming(plan.problem, here.clock())[:NEXT] if plan and not place else []
    states = [] if place else counter_states(here.ground, here.clock())
    open_now = [(service, opening) for service, opening in states if opening.is_open]
    opens_next = min(
        ((service, at) for service, opening in states if not open_now and (at := opening.next_at(here.today()))),
        key=lambda counter: counter[1], default=None,
    )  # fmt: skip
    return render_template(
        "first_page.html", said=said, place=place, near=near, faults=faults, likely=likely, plan=plan,
        coming=coming, open_now=open_now, opens_next=opens_next, often=often(),
        topics=placed_topics(), telephone=here.ground.telephone, words=answers, today=here.today(),
    )  # fmt: skip
