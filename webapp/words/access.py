"""Needs, layers and classes of access in French."""

from mobility.access import Access, Outing
from webapp.words.french import NBSP, duration_words, number_words, time_words

ERRAND_WORDS = {
    "counter": "Guichet de services publics",
    "health": "Hôpital",
    "food": "Courses (commerce ou marché)",
    "station": "Gare",
    "work": "Emploi (pôles)",
}
LAYER_WORDS = {
    "walking": "À pied",
    "lines": "avec les lignes",
    "on-demand": "avec le transport à la demande",
    "volunteers": "avec les bénévoles",
    "bus": "avec le bus des services publics",
}
CLASS_WORDS = {
    "near": "à pied, en un quart d'heure au plus, chaque jour ouvré",
    "daily": "aller et retour en une demi-journée, chaque jour ouvré",
    "some": "aller et retour possible au moins deux jours par semaine",
    "rare": "un jour par semaine au plus, parfois un seul tous les quinze jours",
    "none": "aucun aller et retour possible sans voiture",
}
CLASS_SHORT = {
    "near": "sur place",
    "daily": "chaque jour",
    "some": "plusieurs jours",
    "rare": "rarement",
    "none": "rien",
}


def days_words(days: float) -> str:
    """Say how often: "3 jours par semaine", "une semaine sur deux"."""
    if days <= 0:
        return "jamais"
    if days == 0.5:
        return "un jour toutes les deux semaines"
    decimals = 0 if float(days).is_integer() else 1
    if days >= 7:
        return "tous les jours"
    return f"{number_words(days, decimals)}{NBSP}jour{'s' if days >= 2 else ''} par semaine"


def outing_words(outing: Outing, service: str) -> str:
    """Say how one goes and comes back."""
    return (
        f"{service} : départ {time_words(outing.leaves)}, retour {time_words(outing.home)}, "
        f"{duration_words(outing.travel)} de trajet en tout"
    )


def access_words(access: Access, services: dict[str, str]) -> str:
    """Say what a place has for an errand."""
    told = days_words(access.days)
    return f"{told} ({outing_words(access.best, services[access.best.service])})" if access.best else told


def junction_words(commune: str, number: int) -> str:
    """Name a road junction that stands for a home: "Lherm, carrefour 12"."""
    return f"{commune}, carrefour {number}"
