"""What everybody may see of the offers: communes only, and no pair of communes with fewer than six trips a week."""

from desks.ground import Ground
from desks.rides.public_offers import PublicOffers
from maps.layers import MapContent
from webapp.pictures.calendar_map import BASE_ATTRIBUTION, area_shapes

LEVELS = ("aucune offre", "une ou deux", "trois à cinq", "six et plus")


def offers_map(ground: Ground, view: PublicOffers) -> MapContent:
    """Return the map of offers by commune."""
    names = ground.commune_names()
    texts = {insee: f"{name} : {LEVELS[view.levels.get(insee, 0)]}" for insee, name in names.items()}
    return MapContent(
        lang="fr", title="Carte des offres de trajets solidaires",
        summary="Communes d'où partent des offres, par niveau. La liste dit la même chose.",
        areas=area_shapes(ground, view.levels, {}, texts),
        legend=tuple((level, f"{level} {words}") for level, words in enumerate(LEVELS)),
        attribution=BASE_ATTRIBUTION, zoom_in="Agrandir", zoom_out="Réduire",
    )  # fmt: skip
