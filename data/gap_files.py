"""The study of the gaps as a document."""

from dataclasses import asdict
from typing import Any

from mobility.access import Access, Outing, rural_class
from mobility.gaps import GapStudy, Home, Indicators
from mobility.places import Place, Point

ACCESS = "access"
"""Name of the study in the store."""


FORMAT = 1


def study_document(study: GapStudy) -> dict[str, Any]:
    """Return a study as JSON."""
    return {
        "format": FORMAT, "stamp": study.stamp, "layers": list(study.layers), "services": study.services,
        "homes": [
            {
                "id": home.place.id, "name": home.place.name, "commune": home.commune, "area": home.area,
                "people": round(home.people, 3), "point": [home.place.point.lon, home.place.point.lat],
                "indicators": asdict(study.indicators[home.place.id]),
            }
            for home in study.homes
        ],
        "accesses": [_access_document(access) for access in study.accesses],
    }  # fmt: skip


def _access_document(access: Access) -> dict[str, Any]:
    # An errand has its former name in the files.
    named = {"need" if name == "errand" else name: value for name, value in asdict(access).items()}
    return {**named, "class": rural_class(access)}


def parse_study(document: Any) -> GapStudy | None:
    """Read a study that :func:`study_document` wrote; None where it is of another format."""
    if document["format"] != FORMAT:
        return None
    homes = tuple(
        Home(Place(h["id"], h["name"], Point(*h["point"])), h["commune"], h["area"], h["people"])
        for h in document["homes"]
    )
    accesses = tuple(
        Access(
            a["place"], a["need"], a["layer"], a["days"], tuple(a["weekdays"]),
            Outing(**a["best"]) if a["best"] else None, a["walk"],
        )
        for a in document["accesses"]
    )  # fmt: skip
    indicators = {h["id"]: Indicators(**h["indicators"]) for h in document["homes"]}
    return GapStudy(document["stamp"], homes, tuple(document["layers"]), accesses, indicators, document["services"])
