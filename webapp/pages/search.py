"""The one search of those who work here: a person, a number, a request, a place. What is typed is in no address."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request, url_for

from desks.day.search import Found, FoundList
from webapp.pages.desk import pages
from webapp.server.visitor import visitor
from webapp.wiring import house
from webapp.words.french import day_words, joined, telephone_words
from webapp.words.people import kind_words
from webapp.words.rides import KIND_WORDS, STATES, when_words

GROUPS = {"persons": "Personnes", "requests": "Demandes", "places": "Lieux"}
_SILENT = {"persons": "les personnes", "requests": "les demandes", "places": "les lieux"}


@dataclass(frozen=True)
class Answer:
    """Something that was found: where it leads, and what is read of it; ``number`` is one that nobody is known by."""

    address: str
    title: str
    more: str
    number: str = ""


@pages.route("/chercher", methods=["GET", "POST"])
def search() -> str:
    """Answer with a short list by kind."""
    here, text = house(), request.form.get("q", "")
    found = here.search.find(text, here.clock(), visitor())
    names = here.ground.commune_names()
    return render_template(
        "search.html", searched=text, groups=_shown(found, names), cut=found.cut,
        missing=joined([_SILENT[name] for name in found.silent]), asked=request.method == "POST",
    )  # fmt: skip


def _shown(found: FoundList, names: Mapping[str, str]) -> list[tuple[str, list[Answer]]]:
    return [(GROUPS[name], [_answer(one, names) for one in answers]) for name, answers in found.found.items()]


def _answer(one: Found, names: Mapping[str, str]) -> Answer:
    if one.what == "number":
        return Answer("", "Numéro inconnu", "", number=one.shown)
    if one.what == "person":
        near = "" if one.facts["exact"] else "nom ou numéro proche"
        told = (
            kind_words(house().ground.modules)[one.facts["kind"]],
            names.get(one.facts["commune"], ""),
            telephone_words(one.facts["telephone"]),
            near,
        )
        more = ", ".join(filter(None, told))
        return Answer(url_for("desk.person", identifier=one.about), one.shown, more)
    if one.what == "request":
        asked = one.facts["asked"]
        trip = f"{one.shown} : {asked.origin.name} – {asked.destination.name}"
        more = f"n° {asked.id[:8]}, {day_words(asked.day)}, {when_words(asked)}. {STATES[asked.state]}."
        return Answer(url_for("desk.show", identifier=asked.id), trip, more)
    if one.about in names:
        return Answer(url_for("communes.show", insee=one.about), one.shown, KIND_WORDS["commune"])
    return Answer(url_for("ways.index", vers=one.shown), one.shown, KIND_WORDS.get(one.facts["kind"], ""))
