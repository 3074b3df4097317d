"""The map of the gaps, in French."""

from collections.abc import Mapping

from desks.ground import Ground
from maps.layers import MapContent, StopMark
from mobility.access import CLASSES, Access
from mobility.disclosure import UNMET
from mobility.gaps import GapStudy, Home
from webapp.pictures.commune_map import ROAD_ATTRIBUTION, commune_map
from webapp.words.access import CLASS_SHORT, ERRAND_WORDS, LAYER_WORDS, access_words
from webapp.words.disclosure import at_least_words
from webapp.words.french import number_words, percent_words


def gap_map(
    ground: Ground, study: GapStudy, errand: str, layer: str, unmet: Mapping[str, int] | None = None
) -> MapContent:
    """Return the map of one errand up to one layer: communes by class, points where hamlets differ from them.

    ``unmet`` tells how many people of each commune at least asked in vain for a ride.
    """
    at_home = {home.place.id: study.at(home.place.id, errand, layer) for home in study.homes}
    communes = {c.insee: at_home[c.insee] for c in ground.territory.communes if c.insee in at_home}
    texts = {
        insee: f"{ground.territory.by_insee[insee].name} : {access_words(access, study.services)}"
        + unmet_words((unmet or {}).get(insee, 0))
        for insee, access in communes.items()
    }
    share = next(s for s in study.shares() if (s.area, s.errand, s.layer) == ("", errand, layer))
    left = share.people["none"]
    title = f"{ERRAND_WORDS[errand]}, {LAYER_WORDS[layer]}"
    points = [
        StopMark(home.place.point, str(CLASSES.index(at_home[home.place.id].scale)),
                 f"{home.place.name} : {access_words(at_home[home.place.id], study.services)}")
        for home in study.homes
        if home.place.id not in communes and home.people > 0 and _differs(at_home[home.place.id], communes, home)
    ]  # fmt: skip
    return commune_map(
        ground,
        f"Carte des manques : {title}",
        f"{title} : {number_words(left)} personnes ({percent_words(left / share.total)}) n'ont rien. "
        "Le tableau dit la même chose, lieu par lieu.",
        levels={insee: CLASSES.index(access.scale) for insee, access in communes.items()},
        texts=texts,
        attribution=ROAD_ATTRIBUTION,
        points=points,
        legend=tuple((level, f"{level} {CLASS_SHORT[name]}") for level, name in enumerate(CLASSES)),
    )


def unmet_words(people: int) -> str:
    """Write how many people at least asked in vain ("" where too few did to be told)."""
    if not people:
        return ""
    return f" ; des demandes de trajet y sont restées sans réponse ({at_least_words(people, UNMET)} personnes)"


def _differs(access: Access, communes: Mapping[str, Access], home: Home) -> bool:
    """Tell whether an old town is better or worse off than its commune's chief town, which the area shows."""
    return home.commune not in communes or communes[home.commune].scale != access.scale
