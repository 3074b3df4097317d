"""Licences in the words of the pages."""

from collections.abc import Sequence

from desks.transport.in_use import Credit
from mobility.licences import UNSTATED, find_licence

UNKNOWN = "licence non précisée"


def licence_words(text: str) -> str:
    """Return what a credit line says of the licence that a source names."""
    found = find_licence(text)
    if found:
        return found.name
    return UNKNOWN if text.strip().lower() in UNSTATED else f"licence « {text} », inconnue de ce site"


def credit_words(credits_: Sequence[Credit]) -> list[str]:
    """Write whom to credit, each with the licence, once."""
    return list(dict.fromkeys(f"{told.producer} ({licence_words(told.licence)})" for told in credits_))
