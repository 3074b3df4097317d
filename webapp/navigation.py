"""The sections of the site and their pages: what the head of every page shows."""

from dataclasses import dataclass

from flask import current_app, request

from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from webapp.server.visitor import may


@dataclass(frozen=True)
class Section:
    """A part of the site; the first page stands for it. ``role`` is who sees it ("" for everyone)."""

    title: str
    pages: tuple[tuple[str, str], ...]
    role: str = ""

    @property
    def first(self) -> str:
        """Return the endpoint that stands for the section."""
        return self.pages[0][0]

    @property
    def is_current(self) -> bool:
        """Tell whether the page shown is one of the section's."""
        beside = request.endpoint in _BESIDE.get(self.first, set())
        return beside or any(is_shown(endpoint) for endpoint, _ in self.pages)


def is_shown(endpoint: str) -> bool:
    """Tell whether a page is the one shown: the answer to its own form stands at the same address."""
    rule = request.url_rule
    return rule is not None and any(rule.rule == known.rule for known in current_app.url_map.iter_rules(endpoint))


SECTIONS = (
    Section(
        "Se déplacer",
        (("ways.index", "Comment y aller ?"), ("rides.index", "Trajets solidaires"), ("gaps.index", "Sans voiture")),
    ),
    Section(
        "Le bus des services publics",
        (
            ("calendar.home", "Calendrier"), ("communes.index", "Communes"), ("calendar.dates", "Dates"),
            ("calendar.comparison", "Comparaison"), ("calendar.need", "Besoin"),
            ("calendar.choices", "Choix expliqués"),
            ("scenarios.past", "Historique"), ("downloads.index", "Télécharger"),
        ),
    ),
    Section(
        "Données ouvertes",
        (("open_data.index", "Tout ce qui est publié"), ("open_data.examples", "Exemples d'utilisation")),
    ),
    Section(
        "Préparer le bus",
        (
            ("prepare.index", "Préparer"), ("scenarios.index", "Scénarios"), ("planner.verify", "Vérifier"),
            ("planner.roads", "Routes"),
        ),
        PLANNER,
    ),
    Section(
        "Bureau",
        (
            ("desk.index", "Demandes du jour"), ("desk.telephone", "Prendre une demande"),
            ("desk.callbacks", "À rappeler"),
            ("desk.drivers", "Conducteurs"), ("desk.needs", "Besoins sans réponse"), ("desk.messages", "Messages"),
            ("desk.nicknames", "Noms de lieux"), ("desk.report", "Rapport annuel"),
        ),
        AGENT,
    ),
    Section("Comptes", (("accounts.index", "Comptes"),), ADMINISTRATOR),
)  # fmt: skip
ABOUT_THE_SERVICE = (
    ("about.help_page", "Aide"), ("about.tour", "Visite guidée"), ("about.method", "Méthode"),
    ("about.sources", "Sources des données"), ("gaps.method", "Méthode de « Sans voiture »"),
    ("planner.stops", "Arrêts possibles"), ("about.accessibility", "Accessibilité"), ("sign_in.show", "Connexion"),
)  # fmt: skip
"""Pages about the service itself, in no section."""
_BESIDE = {
    "ways.index": {"rides.thanks", "gaps.method"},
    "calendar.home": {"communes.show", "planner.stops"},
    "open_data.index": {"open_data.feed"},
    "prepare.index": {"planner.job", "planner.result", "scenarios.show", "scenarios.compare"},
    "desk.index": {"desk.show", "desk.batch_result", "desk.simulator"},
}
"""Pages that belong to a section without an entry of their own, by the section's first page."""


def sections() -> list[Section]:
    """Return the sections that the visitor may open."""
    return [section for section in SECTIONS if not section.role or may(section.role)]


def current_section() -> Section | None:
    """Return the section of the page shown."""
    return next((section for section in sections() if section.is_current), None)
