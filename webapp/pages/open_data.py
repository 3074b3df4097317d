"""Open data: what is published, in what state, and where to download it."""

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from data.published_feeds import PublishedVersion
from data.scenarios import history as calendar_history
from desks.house import House
from desks.released import if_told
from desks.rides.open_lines import volunteer_feed
from desks.rides.public_offers import NOTHING_TOLD
from desks.transport.feed_report import report_document
from desks.transport.publication import MERGED, ON_DEMAND
from gtfs.feed_summary import summarise_lines
from gtfs.feed_tables import read_feed_tables
from mobility.clock import ZONE
from mobility.dates import ISO_PARITY
from mobility.disclosure import DRIVERS, TRIPS
from mobility.issues import SEVERITIES
from mobility.late import late
from mobility.licences import LICENCES, find_licence
from mobility.modules import TRANSPORT
from webapp.exports.atom import AtomEntry, atom_feed
from webapp.exports.formats import ACCESS
from webapp.exports.inclusion import inclusion_document
from webapp.exports.open_catalogue import catalogue_entries, owner_of
from webapp.exports.openapi import openapi_document
from webapp.exports.usage_examples import Example, usage_examples
from webapp.navigation import leads_somewhere
from webapp.pictures.feed_map import feed_map
from webapp.server.file_answer import open_answer
from webapp.server.map_answer import map_answer
from webapp.wiring import house
from webapp.words.disclosure import number_of
from webapp.words.feeds import (
    BADGE_WORDS,
    SEVERITY_PLURALS,
    SEVERITY_WORDS,
    diff_words,
    feed_title,
    notice_words,
    where_words,
)
from webapp.words.french import said_days
from webapp.words.journeys import whom_words
from webapp.words.licences import licence_words
from webapp.words.rides import LINE_WORDS

if TYPE_CHECKING:
    from webapp.exports import catalogue as catalogue_file
else:
    catalogue_file = late("webapp.exports.catalogue")

pages = Blueprint("open_data", __name__)
CATALOGUES = {"ttl": ("turtle", "text/turtle"), "jsonld": ("json-ld", "application/ld+json")}
"""The forms of the catalogue, by the ending of their address: how each is written, its media type."""
_ADDRESSES = re.compile(r"https?://[^\s\"<>]+")
ALIASES = {"current": "En cours", "next": "À venir"}


def _address() -> str:
    return house().settings.public_url


def _names(here: House) -> list[str]:
    """Return the names of the feeds that go out; none where the territory leaves published lines out."""
    return here.transport.publication().names() if here.ground.modules.has(TRANSPORT) else []


def _without_left_out(document: dict[str, Any]) -> dict[str, Any]:
    """Return the description of the calls without those of subjects that the territory leaves out."""
    paths = {path: calls for path, calls in document["paths"].items() if leads_somewhere(path)}
    return {**document, "paths": paths}


@pages.get("/donnees")
def index() -> str:
    """Show everything that is published, with its state and its addresses."""
    here = house()
    publication, today = here.transport.publication(), here.today()
    feeds = []
    for name in _names(here):
        published = publication.feed(name)
        current, coming = published.find("current", today), published.find("next", today)
        if current:
            report = publication.report(name, today)
            feeds.append({
                "name": name, "title": feed_title(name), "current": current, "next": coming, "report": report,
                "expired": current.last < today.isoformat(), "versions": len(published.versions()),
                "days": [date.fromisoformat(text) for text in (current.first, current.last)],
            })  # fmt: skip
    return render_template(
        "open_data.html", feeds=feeds, badge_words=BADGE_WORDS, services=here.feeds.on_demand(), gap_files=ACCESS,
        address=_address(), merged=MERGED, unlicensed=unlicensed(here), licences=LICENCES,
        volunteer_lines=len(if_told(here.public_rides.offers, NOTHING_TOLD).pairs), most_trips=number_of(TRIPS),
        few_drivers=number_of(DRIVERS), examples=_examples(),
    )  # fmt: skip


def _examples() -> list[Example]:
    """Return how the data are used from QGIS, Python and the command line, of what is open here."""
    told = usage_examples(_address())
    return [one for one in told if all(leads_somewhere(found) for found in _ADDRESSES.findall(one.text))]


@dataclass(frozen=True)
class Unlicensed:
    """A feed in use that does not go out: its name, whom to ask, and what is known of its licence."""

    name: str
    producer: str
    licence: str


def unlicensed(here: House) -> list[Unlicensed]:
    """Return the feeds in use that do not go out, since their licence is not known."""
    told = here.feeds.credits()
    return [Unlicensed(c.feed, c.producer, licence_words(c.licence)) for c in told if find_licence(c.licence) is None]


@pages.get("/donnees/offres/<name>")
def feed(name: str) -> str:
    """Show one feed: its lines, its map, its quality, what changed, its versions."""
    here = house()
    publication, today = here.transport.publication(), here.today()
    kept_back = [known for known in unlicensed(here) if known.name == name]
    if kept_back and name not in publication.names():
        return render_template("feed.html", title=feed_title(name), feed=kept_back[0], licences=LICENCES)
    published = publication.feed(name)
    current = published.find("current", today)
    if current is None:
        abort(404)
    report, diff = publication.report(name, today), publication.diff(name)
    names = here.ground.commune_names()
    path = published.path(current)
    lines = summarise_lines(path, read_feed_tables(path)) if name != ON_DEMAND else []
    return render_template(
        "feed.html", name=name, title=feed_title(name), current=current, versions=published.versions()[::-1],
        report=report, severities=SEVERITIES, severity_words=SEVERITY_WORDS, severity_plurals=SEVERITY_PLURALS,
        notice_words=notice_words, where_words=where_words, communes=names, badge_words=BADGE_WORDS, lines=lines,
        changes=diff_words(diff, names) if diff and not diff.empty else [], compared=diff is not None,
        expired=current.last < today.isoformat(), whom_words=whom_words,
        moment=lambda version: datetime.fromisoformat(version.published).astimezone(ZONE).date(),
        day=date.fromisoformat,
    )  # fmt: skip


@pages.get("/donnees/offres/<name>/carte")
def feed_map_page(name: str) -> Response:
    """Draw the stops of a feed, and where its issues are."""
    here = house()
    publication = here.transport.publication()
    published = publication.feed(name)
    current = published.find("current", here.today())
    if current is None:
        abort(404)
    found = publication.report(name, here.today())
    content = feed_map(here.ground, published.path(current), feed_title(name), found)
    return map_answer(content)


@pages.get("/donnees/gtfs/<name>/<version>.zip")
def download(name: str, version: str) -> BaseResponse:
    """Send a version of a feed: conditional and range requests are answered."""
    here = house()
    published = here.transport.publication().feed(name)
    found = published.find(version, here.today())
    if found is None:
        abort(404)
    response = send_file(
        published.path(found).resolve(), mimetype="application/zip", as_attachment=True,
        download_name=f"{name}-{found.id}.zip", conditional=True, etag=found.sha256,
        last_modified=datetime.fromisoformat(found.published),
    )  # fmt: skip
    # A version never changes; what "current" means does.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if version == found.id else "no-cache"
    response.headers["Content-Location"] = url_for("open_data.download", name=name, version=found.id)
    return response


@pages.get("/donnees/gtfs/<name>/rapport.json")
def report(name: str) -> BaseResponse:
    """Send the report of the current version."""
    here = house()
    found = here.transport.publication().report(name, here.today())
    if found is None:
        abort(404)
    document = report_document(found)
    for group in document["groups"]:
        group["words"] = asdict(notice_words(group["code"]))
    return _json(document)


@pages.get("/donnees/gtfs/<name>/historique.json")
def history(name: str) -> BaseResponse:
    """Send the versions of a feed, the newest first."""
    here = house()
    versions = here.transport.publication().feed(name).versions()
    return _json({"feed": name, "versions": [_version(name, version) for version in reversed(versions)]})


@pages.get("/donnees/gtfs/<name>/changements.json")
def changes(name: str) -> BaseResponse:
    """Send what changes between the last two versions."""
    here = house()
    publication = here.transport.publication()
    publication.feed(name)
    diff = publication.diff(name)
    if diff is None:
        return _json({"feed": name, "changes": None, "words": []})
    words = [{"title": title, "sentences": said} for title, said in diff_words(diff, here.ground.commune_names())]
    return _json({"feed": name, "changes": asdict(diff), "words": words})


@pages.get("/donnees/index.json")
def listing() -> BaseResponse:
    """Send the list of what is published, for programs."""
    here = house()
    publication, today = here.transport.publication(), here.today()
    feeds = []
    for name in _names(here):
        published = publication.feed(name)
        known = {which: published.find(which, today) for which in ALIASES}
        feeds.append({
            "name": name, "title": feed_title(name),
            **{which: _version(name, version) if version else None for which, version in known.items()},
        })  # fmt: skip
    return _json({"feeds": feeds})


def _version(name: str, version: PublishedVersion) -> dict[str, Any]:
    url = _address() + url_for("open_data.download", name=name, version=version.id)
    return {key: value for key, value in asdict(version).items() if key not in {"file", "url"}} | {
        "url": url, "source_url": version.url,
    }  # fmt: skip


@pages.get("/donnees/bus/data-inclusion.json")
def inclusion() -> BaseResponse:
    """Send the bus's stops as data.inclusion services."""
    here = house()
    plan = here.calendar.plan()
    text = inclusion_document(
        plan.solution.calendar, plan.problem, here.ground.folder.settings(), here.ground.commune_names(),
        address=_address(), day=_plan_day(here), parity=here.calendar.dated().season.policy == ISO_PARITY,
    )  # fmt: skip
    return open_answer(Response(text, content_type="application/json"))


def _plan_day(here: House) -> date:
    """Return the day on which the plan was made."""
    return datetime.fromtimestamp((here.calendar.stamp or 0) / 1e9, here.clock().tzinfo).date()


@pages.get("/donnees/a-la-demande.json")
def on_demand() -> BaseResponse:
    """Send the on-demand services known, those without hours included."""
    here = house()
    services = [
        {
            "id": service.id, "name": service.name, "operator": service.operator.name,
            "telephone": service.booking.telephone if service.booking else service.operator.telephone,
            "message": service.booking.message if service.booking else "", "hours_known": bool(service.runs),
            "known_on": service.known_on, "source": service.source,
            "communes": sorted({
                s.commune for s in here.ground.territory.settlements if service.near(s.place.point)
            }),
        }
        for service in here.feeds.licensed_on_demand()
    ]  # fmt: skip
    return _json({"services": services})


@pages.get("/donnees/solidaire/gtfs.zip")
def volunteer_lines() -> BaseResponse:
    """Send the regular lines of drivers as a feed of their own."""
    here = house()
    content = volunteer_feed(here.ground, here.public_rides.offers().lines, _address(), here.today(), LINE_WORDS)
    if content is None:
        abort(404)
    return open_answer(Response(content, content_type="application/zip"))


@pages.get("/donnees/catalogue.<suffix>")
def catalogue(suffix: str) -> BaseResponse:
    """Send the catalogue in Turtle or JSON-LD."""
    if suffix not in CATALOGUES:
        abort(404)
    here, (form, media) = house(), CATALOGUES[suffix]
    kept = [
        replace(entry, files=tuple(file for file in entry.files if leads_somewhere(file.url)))
        for entry in catalogue_entries(here)
    ]
    entries = [entry for entry in kept if entry.files]
    graph = catalogue_file.catalogue_graph(entries, owner_of(here), day=here.today(), modules=here.ground.modules)
    return open_answer(Response(graph.serialize(format=form), mimetype=media))


@pages.get("/donnees/catalogue")
def catalogue_home() -> BaseResponse:
    """Lead to the form of the catalogue that the asker reads."""
    forms = {media: url_for("open_data.catalogue", suffix=suffix) for suffix, (_, media) in CATALOGUES.items()}
    best = request.accept_mimetypes.best_match(["text/html", *forms])
    return redirect(forms.get(best or "", url_for("open_data.index")), 303)


@pages.get("/openapi.json")
def openapi() -> BaseResponse:
    """Send the OpenAPI document."""
    here = house()
    return _json(_without_left_out(openapi_document(here.ground.territory.title, _address(), _names(here))))


def _json(document: object) -> BaseResponse:
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    return open_answer(Response(text + "\n", content_type="application/json"))


@pages.get("/donnees/changements.atom")
def news() -> BaseResponse:
    """Send what was published lately as an Atom feed: new versions, and what they change."""
    here = house()
    publication, today = here.transport.publication(), here.today()
    entries = []
    for name in _names(here):
        for version in publication.feed(name).versions():
            page = url_for("open_data.feed", name=name)
            entries.append(
                AtomEntry(
                    f"{_address()}/donnees/gtfs/{name}/{version.id}.zip", f"{feed_title(name)} : nouvelle version",
                    datetime.fromisoformat(version.published), f"{_address()}{page}",
                    f"Valable du {said_days(version.first)} au {said_days(version.last)}.",
                )
            )  # fmt: skip
    with here.store.reading() as tx:
        for known in calendar_history(tx, here.ground.folder.id):
            entries.append(
                AtomEntry(
                    f"{_address()}/historique#{known.number}", f"Calendrier du bus : {known.name}", known.at,
                    f"{_address()}/historique", "Un nouveau calendrier du bus est en vigueur.",
                )
            )  # fmt: skip
    document = atom_feed("Données ouvertes de mobilité", _address(), "/donnees/changements.atom", entries, today)
    response = Response(document, mimetype="application/atom+xml")
    response.add_etag()
    return response.make_conditional(request)
