"""*Demandes*: every request in one list, narrowed by state, day and person."""

from dataclasses import replace
from datetime import timedelta

from flask import render_template, request

from data.people import find_person, names_of
from data.ride_matches import matches_on
from data.ride_records import RequestFilter, count_requests, list_requests, untold_requests
from desks.house import House
from desks.rides.example import has_example
from desks.rides.request_file import list_seen
from mobility.errors import MobilityError
from webapp.pages.desk import BATCH_DAYS, pages
from webapp.pages.form_values import beside, number_within, stated_day
from webapp.server.sheets import is_taken_away
from webapp.server.visitor import own_desk, who
from webapp.wiring import house
from webapp.words import rides as words

ON_A_PAGE = 50
MOST_TAKEN = 5000
"""Requests of a list that is taken away as a spreadsheet: it is written while its visitor waits."""
STATES = {
    "a-traiter": "waiting", "proposees": "proposed", "confirmees": "confirmed", "sans-reponse": "unmet",
    "faites": "done", "annulees": "cancelled",
}  # fmt: skip
"""States as addresses name them, in the order of their tabs."""
TABS = {
    "a-traiter": "À traiter", "proposees": "Proposées", "confirmees": "Confirmées", "sans-reponse": "Sans réponse",
    "faites": "Faites", "annulees": "Annulées",
}  # fmt: skip


@pages.get("/demandes", endpoint="requests")
def listed() -> str:
    """List the requests: those to come, unless a day or a person is asked for."""
    here, faults = house(), dict[str, str]()
    try:
        wanted = _stated_filter(here)
    except MobilityError as error:
        faults, wanted = beside(error, {"Jour": "jour"}, here.ground.names()), RequestFilter(first=here.today())
    state = request.args.get("etat", "")
    narrowed = replace(wanted, state=STATES.get(state, ""))
    with own_desk().store.reading() as tx:
        person = find_person(tx, wanted.rider) if wanted.rider else None
        counts = count_requests(tx, wanted)
        total = counts.get(narrowed.state, 0) if narrowed.state else sum(counts.values())
        size = MOST_TAKEN if (taken := is_taken_away()) else ON_A_PAGE
        last = 1 if taken else max(1, -(-total // size))
        page = number_within(request.args.get("page"), 1, last, otherwise=1)
        found = list_requests(tx, narrowed, offset=(page - 1) * size, limit=size)
        live = {match.request: match for match in matches_on(tx, sorted({asked.day for asked in found}))}
        driving = {ride.driver for asked in found if asked.id in live for ride in live[asked.id].rides}
        names = names_of(tx, driving | {asked.rider for asked in found} | {person.id for person in (person,) if person})
        to_tell = {asked.id for asked in untold_requests(tx, here.today())}
    list_seen(own_desk(), names, now=here.clock(), who=who())
    day = wanted.first if wanted.first == wanted.last else None
    keeps = {name: value for name in ("jour", "personne") if (value := request.args.get(name))}
    return render_template(
        "requests.html", requests=found, total=total, page=page, last=last, keeps=keeps, state=state, faults=faults,
        tabs=[(slug, words_, counts.get(STATES[slug], 0)) for slug, words_ in TABS.items()], everything=counts,
        names=names, live=live, person=person, day=day, yesterday=day and day - timedelta(days=1),
        tomorrow=day and day + timedelta(days=1), first_day=day or here.today(), batch_days=BATCH_DAYS,
        example=has_example(here.rides), state_icons=words.STATE_ICONS, taken=taken, to_tell=to_tell,
        lost=number_within(request.args.get("perdues"), 0, MOST_TAKEN),
        made=number_within(request.args["faites"], 0, MOST_TAKEN) if "faites" in request.args else None,
    )  # fmt: skip


def _stated_filter(here: House) -> RequestFilter:
    rider = request.args.get("personne", "")
    if request.args.get("jour"):
        day = stated_day(here, request.args["jour"])
        return RequestFilter(day, day, rider)
    return RequestFilter(None if rider else here.today(), None, rider)
