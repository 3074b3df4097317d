"""A guided tour of the site on the territory at hand: real pages, their questions already asked."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from desks.house import House
from desks.rides.example import clear_example, has_example, load_example
from mobility.accounts import AGENT, PLANNER
from mobility.clock import HOUR
from mobility.modules import RIDES, TRANSPORT, Modules
from mobility.places import Place
from mobility.rides import RideRequest
from webapp.navigation import leads_somewhere
from webapp.pages import desk
from webapp.pages.about import pages
from webapp.server.visitor import may, visitor, who
from webapp.wiring import house
from webapp.words.french import at_place
from webapp.words.rides import example_alias

MOST_TRIED = 20
"""Communes of which a driver is asked for."""


@dataclass(frozen=True)
class Step:
    """One stage of the tour: where it leads, and what to look at there."""

    title: str
    words: str
    address: str
    module: str = ""
    """The subject that it shows, where its page is there without it."""


@dataclass(frozen=True)
class Part:
    """What one kind of visitor does here."""

    title: str
    steps: tuple[Step, ...]


@pages.get("/visite")
def tour() -> str:
    """Show the stages of the tour that the visitor may open."""
    here = house()
    day = next(
        day for day in (here.today() + timedelta(days=i) for i in range(1, 8)) if day.isoweekday() <= 5
    )  # fmt: skip
    town = _town(here)
    village = _village(here, town, day)
    parts = [_aidant(here, village, town.name, day)]
    if may(AGENT):
        parts.append(_agent(day))
    if may(PLANNER):
        parts.append(_planner())
    parts.append(_data_user(here.ground.modules))
    modules = here.ground.modules
    parts = [
        replace(part, steps=tuple(s for s in part.steps if modules.has(s.module) and leads_somewhere(s.address)))
        for part in parts
    ]
    return render_template("tour.html", parts=parts, example=has_example(here.rides))


def _village(here: House, town: Place, day: date) -> str:
    """Return the code of a commune in the country: where a driver can be found, or else where the bus comes."""
    territory = here.ground.territory
    visited: list[str] = []
    if here.calendar.stamp is not None:
        plan = here.calendar.plan()
        visited = [plan.problem.stops_by_id[visit.stop].commune for visit in plan.solution.calendar.visits]
    rural = [commune.insee for commune in territory.communes if commune.insee not in territory.poles]
    tried = list(dict.fromkeys([*(insee for insee in visited if insee in rural), *rural]))[:MOST_TRIED]
    driven = (insee for insee in tried if _is_driven(here, insee, town, day))
    return next(driven, tried[0] if tried else territory.communes[0].insee)


def _is_driven(here: House, insee: str, town: Place, day: date) -> bool:
    home = here.ground.territory.settlements_by_id[insee].place
    asked = RideRequest("", "", day, home, town, arrive_by=10 * HOUR, back_after=16 * HOUR)
    return home.point != town.point and bool(here.rides.offered(asked, commune=insee, now=here.clock()))


def _town(here: House) -> Place:
    """Return the largest town that people go to."""
    territory = here.ground.territory
    towns = [territory.settlements_by_id[code] for code in territory.poles] or list(territory.settlements)
    return max(towns, key=lambda town: town.population).place


def _aidant(here: House, village: str, town: str, day: date) -> Part:
    name, on = here.ground.commune_names()[village], day.isoformat()
    return Part(
        "Aider quelqu'un à se déplacer",
        (
            Step(
                f"De {name} à {town}, aller et retour",
                "Chaque réponse sur la carte, en étapes, à imprimer en grand.",
                url_for("ways.index", de=name, vers=town, jour=on, heure="10:00", retour="16:00"),
            ),
            Step(
                "Voir un médecin, sans savoir où",
                "On dit le besoin : les services les plus proches sont essayés.",
                url_for("ways.index", de=name, pour="health", jour=on, heure="10:00", retour="12:00"),
            ),
            Step(
                f"Le bus {at_place(name)}", "Les prochaines dates, à mettre dans son agenda ou à afficher.",
                url_for("communes.show", insee=village),
            ),
            Step("Là où rien n'existe", "Qui atteint quoi sans voiture, et ce qui manque.", url_for("gaps.index")),
        ),
    )  # fmt: skip


def _agent(day: date) -> Part:
    return Part(
        "Répondre au téléphone",
        (
            Step(
                "Prendre une demande",
                "Essayez le numéro 06 39 10 05 01 : les questions dans l'ordre, la réponse à lire à voix haute.",
                url_for("desk.telephone"),
            ),
            Step(
                "Les demandes du jour", "Une recherche donne à chacun la meilleure réponse, ou dit pourquoi il n'y en "
                "a pas.", url_for("desk.requests", jour=day.isoformat()),
            ),
            Step(
                "Les besoins sans réponse", "Où l'offre manque le plus.", url_for("desk.figures"), module=RIDES
            ),
            Step("Un SMS qui arrive", "Le simulateur joue le fournisseur de téléphone.", url_for("sign_in.settings")),
        ),
    )  # fmt: skip


def _planner() -> Part:
    return Part(
        "Préparer les tournées du bus",
        (
            Step(
                "Le calendrier et sa preuve", "Pourquoi ici et pas là, commune par commune.",
                url_for("calendar.choices"),
            ),
            Step(
                "Changer une règle",
                "Fermez une demi-journée dans la grille, imposez un arrêt sur la carte : tout est jugé aussitôt.",
                url_for("prepare.index"),
            ),
            Step("Modifier à la main", "Chaque case changée est contrôlée.", url_for("planner.verify")),
            Step("Comparer et adopter", "Carte, tableau, coût ; et revenir en arrière.", url_for("scenarios.index")),
        ),
    )  # fmt: skip


def _data_user(modules: Modules) -> Part:
    told = "Offres de transport, qualité, changements." if modules.has(TRANSPORT) else "Des fichiers et des interfaces."
    return Part(
        "Reprendre les données",
        (
            Step("Tout ce qui est publié", told, url_for("open_data.index")),
            Step(
                "Des exemples à copier", "QGIS, Python, ligne de commande.",
                url_for("open_data.index", _anchor="exemples"),
            ),
        ),
    )  # fmt: skip


@desk.pages.post("/exemple")
def example() -> BaseResponse:
    """Load the example's drivers and requests, or take them away: of all structures at once."""
    here = house()
    if not visitor().scope.everything:
        abort(403)
    if request.form.get("acte") == "retirer":
        clear_example(here.rides, now=here.clock(), who=who())
    elif not has_example(here.rides):
        load_example(here.rides, example_alias, now=here.clock(), who=who())
    return redirect(url_for("about.tour"), code=303)
