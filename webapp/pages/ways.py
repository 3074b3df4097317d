"""One question, "Comment y aller ?", and one answer: every way there and back, who receives, what to bring."""

from collections.abc import Sequence
from contextlib import nullcontext
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from data.store import new_id
from desks.house import House
from desks.rides.example import has_example
from desks.rides.unmet import note_nothing_found
from desks.ways.search import Answer, boarding
from mobility.clock import format_clock
from mobility.errors import MobilityError
from mobility.notices import GRAVE, Notice
from mobility.ways import Way, merits
from webapp.exports.way_sheet import write_way_sheet
from webapp.pages.form_values import beside, number_within, tomorrow
from webapp.pages.notices import notices_of_answer, notices_of_calls, notices_of_ways, told_of
from webapp.pages.question import (
    FROM,
    STANDS,
    Near,
    Said,
    again,
    answered,
    often,
    stated_question,
    stated_topic,
    suggestions_of,
)
from webapp.pictures.way_map import BUS, COUNTER, way_map
from webapp.server.map_answer import map_answer
from webapp.wiring import house
from webapp.words import answers
from webapp.words import ways as words
from webapp.words.licences import credit_words
from webapp.words.topics import Topic, placed_topics

pages = Blueprint("ways", __name__)


@pages.get("/aller")
def index() -> str:
    """Show the question, and its answer where it is asked."""
    here = house()
    # The form alone asks nothing of the database.
    with here.turn, here.store.together() if request.args.get("de") else nullcontext():
        return _shown(here, request.args)


def _shown(here: House, values: MultiDict[str, str]) -> str:
    found, said, later, near = None, Said(stated_topic(values)), False, Near([], [])
    faults: dict[str, str] = {}
    likely: dict[str, list[tuple[str, str]]] = {}
    if values.get("de"):
        try:
            reply = answered(here, values)
            found, said, later = reply.found, reply.said, reply.later
            near = Near(list(found.buses), reply.counters)
        except MobilityError as error:
            faults = beside(error, STANDS, here.ground.names(), suggests=False)
            likely = _likely(error, again(values))
    written = here.notices.written() if found else []
    of_ways, of_calls = (notices_of_ways(found, written), notices_of_calls(found, written)) if found else ([], [])
    told = cards(here, found, of_ways) if found else []
    driven = any(card["driver"] for card in told)
    # Who names where to be received is told of the way there, not of the nearest counter.
    topic, named = said.topic, said.named
    received = None if named else topic
    first, kept, board = ("", ""), ("", ""), ""
    if found:
        first, kept = (
            _first(here, found, near, received, told, (of_ways, of_calls), kept=kept) for kept in (False, True)
        )
    if found and named and said.onwards:
        taken = boarding(here.ways, found.asked, now=here.clock())
        board = words.boarding_words(taken, found.planner, found.asked)
        if taken and not told:
            # No way from the door is known: from where the train leaves is the answer.
            first, kept, board = words.train_sentence(board, found), ("", board), ""
    notices = notices_of_answer([*of_ways, *of_calls], written, _communes(here, found)) if found else []
    goal = words.goal_words(found.asked, topic, named, onwards=said.onwards) if found else ""
    taken_away = [*kept, board, *(notice.sent for notice in notices if notice.grave and not told)]
    return render_template(
        "answer.html", values=values.to_dict(), faults=faults, likely=likely, found=found, topic=topic, near=near,
        first=first, wishes=words.WISHES,
        topics=placed_topics(), named=named is not None, often=often(),
        tomorrow=tomorrow(here).isoformat(), today=here.today(),
        credits=credit_words(here.feeds.credits()), cards=told, again=again(values), telephone=here.ground.telephone,
        recorded=values.get("besoin") == "note", key=new_id(), example=driven and has_example(here.rides),
        notices=notices, of_calls=[told_of(known) for known in of_calls], words=answers, asked_words=words.asked_words,
        boarding=board, typed=values.get("vers") or (values.get("pour") if named or said.unknown else ""),
        goal=goal, unknown=said.unknown, taken=_taken(here, found, goal, taken_away, told, topic) if found else "",
        hours=_hours(found, values), later=later,
    )  # fmt: skip


def _hours(found: Answer | None, values: MultiDict[str, str]) -> tuple[str, str]:
    """Return which way the hour of a question is meant, and the hour, as its form says them."""
    if found is None:
        return values.get("sens", "arriver"), values.get("heure") or "10:00"
    if found.asked.arrive_by is not None:
        return "arriver", format_clock(found.asked.arrive_by)
    return "partir", format_clock(found.asked.depart_after or 0)


def _likely(error: MobilityError, said: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Return by input the places that were perhaps meant, each with the address of the same question asked of it."""
    again_at, likely = url_for("ways.index"), {}
    for one in error.errors:
        meant = [
            (name, {"de": name} if one.field == FROM else {"vers": name, "pour": ""}) for name in suggestions_of(one)
        ]
        likely[STANDS.get(one.field, "")] = [(name, f"{again_at}?{urlencode(said | asked)}") for name, asked in meant]
    return likely


def _first(
    here: House, found: Answer, near: Near, topic: Topic | None, told: list[dict[str, object]],
    known: tuple[Sequence[Sequence[Notice]], Sequence[Sequence[Notice]]], *, kept: bool,
) -> tuple[str, str]:  # fmt: skip
    """Return the first sentence of an answer, and what else one can do; ``known`` of its ways, of whom it calls.

    What is ``kept`` is read later, elsewhere.
    """
    if topic and topic.is_procedure:
        return answers.first_sentence(near.counters, near.buses, here.ground.commune_names(), found.now, kept=kept)
    alerts, of_calls = ([any(notice.gravity == GRAVE for notice in one) for one in lines] for lines in known)
    return words.first_sentence(found, [str(card["title"]) for card in told], alerts, here.today(), of_calls, kept=kept)


def _taken(
    here: House, found: Answer, goal: str, said: Sequence[str], told: Sequence[dict[str, object]], topic: Topic | None
) -> str:
    """Return the answer as it is sent by message, the first of the ways that are ``told`` with it."""
    first_way = str(told[0]["message"]) if told else ""
    return words.taken_words(found, goal, said, first_way, topic, here.ground.telephone)


def _communes(here: House, found: Answer) -> list[str]:
    """Return the communes that a question is about; outside of the territory there is none."""
    places = (found.asked.origin, *found.asked.destinations)
    return list(filter(None, (here.ground.communes.at(place.point) for place in places)))


def cards(here: House, found: Answer, of_ways: Sequence[Sequence[Notice]]) -> list[dict[str, object]]:
    """Return the ways in words, the best first; ``of_ways`` tells what is to be known of the lines of each."""
    planner, asked, now = found.planner, found.asked, found.now
    best, notices = merits(found.ways), [told_of(known) for known in of_ways]
    return [
        {
            "way": way, "title": words.title_words(way, planner), "there": words.told(way.there, planner, asked, now),
            "back": words.told(way.back, planner, asked, now) if way.back else None, "cost": words.cost_words(way),
            "warnings": words.warnings(way, asked), "merits": [words.MERITS[m] for m in sorted(best[number])],
            "message": words.message_words(
                way, planner, asked, here.ground.telephone, now, notices=notices[number]
            ),
            "notices": notices[number],
            "driver": "volunteer" in way.kinds, "icon": words.icon_of(way),
        }
        for number, way in enumerate(found.ways)
    ]  # fmt: skip


def _chosen(here: House) -> tuple[Answer, Way, int]:
    """Return a question's answer and the way of it that is asked for."""
    found = answered(here, request.args).found
    number = number_within(request.args.get("choix", "0"), 0, len(found.ways) - 1, otherwise=-1)
    if number < 0:
        abort(404)
    return found, found.ways[number], number


@pages.get("/aller/carte")
def map_page() -> Response:
    """Draw every way on one map, and what is near for whoever wants to be received; one way alone where it is named."""
    here = house()
    if request.args.get("choix"):
        found, way, _ = _chosen(here)
        return map_answer(way_map(here.ground, found.planner, found.asked, [way]))
    reply = answered(here, request.args)
    found, topic = reply.found, reply.said.topic
    near = Near(list(found.buses), reply.counters) if topic and topic.is_procedure else Near([], [])
    reached = [(bus.stop.place, BUS) for bus in near.buses] + [(one.service.place, COUNTER) for one in near.counters]
    return map_answer(way_map(here.ground, found.planner, found.asked, found.ways, reached))


@pages.get("/aller/fiche.pdf")
def sheet() -> Response:
    """Print one way on one page, in large type."""
    here = house()
    found, way, number = _chosen(here)
    of_ways = notices_of_ways(found)
    card = cards(here, found, of_ways)[number]
    pdf = write_way_sheet(
        found.asked, way, card, notices=told_of(of_ways[number]), telephone=here.ground.telephone,
        title=here.ground.territory.title, printed=here.today(),
    )  # fmt: skip
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": 'inline; filename="trajet.pdf"'})


@pages.post("/aller/besoin")
def record_unmet() -> BaseResponse:
    """Note that nothing leads there: where and when, and nobody's name."""
    here = house()
    asked = stated_question(here, request.form)
    note_nothing_found(here.store, here.ground, asked.ride(), key=request.form.get("cle", ""), now=here.clock())
    return redirect(f"{url_for('ways.index')}?{urlencode({**again(request.form), 'besoin': 'note'})}", code=303)
