"""The communes of the territory: what every map of the site is drawn on, with its words in French."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from desks.ground import Ground
from maps.layers import AreaShape, MapContent, StopMark

BASE_ATTRIBUTION = "© IGN Admin Express, INSEE"
ROAD_ATTRIBUTION = f"{BASE_ATTRIBUTION} ; routes © les contributeurs d'OpenStreetMap, Travel Mapping"
NONE: Mapping[str, Any] = MappingProxyType({})


def commune_map(
    ground: Ground, title: str, summary: str, *, levels: Mapping[str, int] = NONE, labels: Mapping[str, str] = NONE,
    texts: Mapping[str, str] = NONE, attribution: str = BASE_ATTRIBUTION, **drawn: Sequence[Any],
) -> MapContent:  # fmt: skip
    """Return the map of the communes, each with its level, label and text (its name where there is none).

    ``drawn`` is what lies upon them: the other fields of :class:`MapContent`.
    """
    known = ground.territory.by_insee
    codes = ((feature["properties"]["insee"], feature["geometry"]) for feature in ground.folder.contours()["features"])
    areas = [
        AreaShape(
            insee, known[insee].name, geometry, levels.get(insee, 0), labels.get(insee, ""),
            texts.get(insee, known[insee].name), known[insee].point,
        )
        for insee, geometry in codes if insee in known
    ]  # fmt: skip
    return MapContent(
        lang="fr", title=title, summary=summary, areas=areas, attribution=attribution, zoom_in="Agrandir",
        zoom_out="Réduire", **drawn,
    )  # fmt: skip


def counter_marks(ground: Ground) -> list[StopMark]:
    """Return the counters of the territory, each marked "G" (guichet)."""
    return [
        StopMark(service.place.point, "G", f"Guichet : {service.place.name}")
        for service in ground.territory.services_of_kind("counter")
        if service.commune in ground.territory.by_insee
    ]
