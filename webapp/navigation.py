"""The menu by role, what stands beside it, and the foot: what every page shows around its own words."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from webapp.server.policy import module_of, roles_for
from webapp.server.visitor import may, visitor
from webapp.wiring import house

Pages = tuple[tuple[str, str], ...]
"""Endpoints with the words of their links."""


@dataclass(frozen=True)
class Entry:
    """An entry of a menu. ``pages`` are its pages, the first that the visitor may open stands for it."""

    title: str
    pages: Pages
    beside: frozenset[str] = field(default_factory=frozenset)
    """Pages that belong to the entry without a link of their own."""
    acts: Pages = ()
    """Pages that an act of the others leads to: they stand in the plan of the site, not beside the others."""

    @property
    def open_pages(self) -> list[tuple[str, str]]:
        """Return the pages of the entry that the visitor may open."""
        return [(endpoint, words) for endpoint, words in self.pages if is_open(endpoint)]

    @property
    def first(self) -> str:
        """Return the endpoint that stands for the entry."""
        return self.open_pages[0][0]

    @property
    def is_current(self) -> bool:
        """Tell whether the page shown is one of the entry's."""
        led_to = (*self.pages, *self.acts)
        return request.endpoint in self.beside or any(is_shown(endpoint) for endpoint, _ in led_to)


DOORS = (
    Entry(
        "Me déplacer",
        (("ways.index", "Me déplacer"), ("rides.index", "Trajets solidaires"), ("gaps.index", "Sans voiture")),
        frozenset({"gaps.method"}),
    ),
    Entry(
        "Le bus près de chez moi",
        (
            ("communes.index", "Le bus près de chez moi"),
            ("calendar.dates", "Toutes les dates"),
            ("notices.index", "À savoir"),
        ),
        frozenset({"communes.show"}),
    ),
    Entry("Me faire aider", (("about.help_page", "Me faire aider"), ("about.tour", "Visite guidée"))),
)
"""What a visitor finds in the head."""

WORK = (
    Entry("Ma journée", (("desk.index", "Ma journée"),)),
    Entry(
        "Personnes", (("desk.people", "Personnes"),),
        frozenset({"desk.person", "desk.act_on_person", "desk.erase_person", "desk.merge_person"}),
    ),
    Entry(
        "Demandes", (("desk.requests", "Demandes"),), frozenset({"desk.show", "desk.batch_result"}),
        (("desk.telephone", "Prendre une demande"),),
    ),
    Entry(
        "Bus",
        (("prepare.index", "Préparer"), ("scenarios.index", "Scénarios"), ("planner.verify", "Vérifier")),
        frozenset({"planner.job", "planner.result", "scenarios.show", "scenarios.compare"}),
    ),
    Entry("Chiffres", (("desk.figures", "Chiffres"),)),
)  # fmt: skip
"""What those who work here find in the head, as far as their roles reach."""

SETTINGS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Qui travaille ici",
        (
            (
                "accounts.index",
                "Comptes",
                "Ouvrir un compte, dire qui fait quoi et pour quelle structure.",
            ),
            ("journal.index", "Journal", "Qui a fait ou vu quoi, et si rien n'en a été changé."),
        ),
    ),
    (
        "Ce qui part et ce qui arrive",
        (("desk.messages", "Messages", "Ce qui est parti, ce qui attend, ce qui n'a pas été remis."),),
    ),
    (
        "Le territoire",
        (
            (
                "imports.index",
                "Prendre une liste",
                "Ce que vous tenez dans un tableur : vérifié ligne par ligne avant d'être pris.",
            ),
            (
                "notices.write",
                "Informations aux habitants",
                "Écrire ce qu'il faut savoir : une fermeture, des travaux.",
            ),
            ("desk.nicknames", "Noms de lieux", "Les noms que les gens disent : hameaux, cabinets, surnoms."),
            ("planner.roads", "Routes", "D'où viennent les temps de route ; donner un extrait plus récent."),
            ("planner.stops", "Arrêts possibles", "Où le bus peut se poser, et ce qui reste à vérifier sur place."),
            ("calendar.dates", "Saison et fermetures", "Les dates du bus, les jours sans passage."),
        ),
    ),
    (
        "Pour essayer",
        (
            (
                "about.tour",
                "Visite guidée et exemple",
                "Le service pas à pas ; charger ou retirer les données inventées.",
            ),
        ),
    ),
)
"""What is set rarely, on one page: by group, each page with what one does there."""

CALENDAR: Pages = (
    ("calendar.home", "Comprendre le calendrier"), ("calendar.choices", "Choix expliqués"),
    ("scenarios.past", "Historique"),
    ("planner.stops", "Arrêts possibles"), ("downloads.index", "Télécharger"),
)  # fmt: skip
"""How the calendar came to be."""
DATA: Pages = (
    ("open_data.index", "Données ouvertes"), ("about.method", "Méthode et sources"),
    ("gaps.method", "Méthode de « Sans voiture »"),
)  # fmt: skip
"""What the service rests on and gives away."""
WAYS: Pages = (("open_data.on_demand", "train, car, transport à la demande"), ("rides.index", "conducteurs bénévoles"))
"""Ways to go beside the bus, each by a page of its subject."""
SERVICE: Pages = (("about.accessibility", "Accessibilité"), ("about.personal_data", "Vos données"))
"""Pages about the service itself."""

FOOT: Pages = (
    ("calendar.home", "Comprendre le calendrier"), ("open_data.index", "Données ouvertes"),
    ("about.method", "Méthode et sources"), ("about.help_page", "Aide"),
    ("about.site_map", "Plan du site"), ("about.accessibility", "Accessibilité : non conforme"),
    ("about.personal_data", "Vos données"),
)  # fmt: skip
"""What the foot of every page leads to."""


def is_shown(endpoint: str) -> bool:
    """Tell whether a page is the one shown: the answer to its own form stands at the same address."""
    rule = request.url_rule
    return rule is not None and any(rule.rule == known.rule for known in current_app.url_map.iter_rules(endpoint))


def is_there(endpoint: str) -> bool:
    """Tell whether the site has a page, its subject not left out by the territory."""
    return endpoint in current_app.view_functions and house().ground.modules.has(module_of(endpoint))


def leads_somewhere(address: str) -> bool:
    """Tell whether an address of the site ("/donnees/gtfs/{name}/…" too) is of no subject that is left out."""
    path = urlsplit(re.sub(r"[{][a-z]+[}]", "1", address)).path
    here = current_app.url_map.bind("")
    for method in ("GET", "POST"):
        try:
            return is_there(here.match(path, method=method)[0])
        except HTTPException:
            continue
    return True


def is_open(endpoint: str) -> bool:
    """Tell whether the site has a page and the visitor may open it."""
    wanted = roles_for(endpoint)
    return is_there(endpoint) and wanted is not None and (not wanted or may(*wanted))


def at_work() -> bool:
    """Tell whether the page is shown as to those who work here: denser, with their menu.

    Who has signed in always sees it so; on a machine that is open without an account, the public pages are shown as
    the public sees them.
    """
    who = visitor()
    return bool(who.roles) and (who.account is not None or bool(roles_for(request.endpoint)))


def menu_entries() -> list[Entry]:
    """Return the entries of the head: three doors, or what the visitor's work consists of."""
    return [entry for entry in (WORK if at_work() else DOORS) if entry.open_pages]


def open_pages(pages: Pages) -> list[tuple[str, str]]:
    """Return those of some pages that the visitor may open."""
    return [(endpoint, words) for endpoint, words in pages if is_open(endpoint)]


def ways_words() -> str:
    """Return the ways to go beside the bus, of those that the territory has."""
    return ", ".join(words for _, words in open_pages(WAYS))


def settings_pages() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return what the visitor may set, by group."""
    told = [(title, [page for page in pages if is_open(page[0])]) for title, pages in SETTINGS]
    return [(title, pages) for title, pages in told if pages]


def pages_beside() -> list[tuple[str, str]]:
    """Return the pages beside the one shown, where it is one of several in the work's menu."""
    current = next((entry for entry in menu_entries() if entry.is_current), None) if at_work() else None
    return current.open_pages if current and len(current.pages) > 1 else []


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every page that the visitor may open, by group: the plan of the site."""
    told = [(entry.title, (*entry.pages, *entry.acts)) for entry in (*DOORS, *WORK)]
    told += [
        ("Réglages", tuple((endpoint, words) for _, pages in SETTINGS for endpoint, words, _ in pages)),
        ("Le calendrier du bus", CALENDAR), ("Données et méthode", DATA),
        ("Le service", SERVICE if visitor().account else (*SERVICE, ("sign_in.show", "Agents : se connecter"))),
    ]  # fmt: skip
    return [(title, found) for title, pages in told if (found := open_pages(pages))]


AROUND_A_PAGE = (
    "DOORS", "FOOT", "at_work", "is_open", "is_shown", "menu_entries", "open_pages", "pages_beside", "ways_words",
)  # fmt: skip
"""What the template around every page asks for."""
