"""What everybody may see of the offers: communes only, and no pair of communes with fewer than six trips a week."""

from desks.ground import Ground
from desks.rides.public_offers import PublicOffers
from maps.layers import MapContent
from webapp.pictures.commune_map import commune_map

LEVELS = ("aucune offre", "une ou deux", "trois à cinq", "six et plus")


def offers_map(ground: Ground, view: PublicOffers) -> MapContent:
    """Return the map of offers by commune."""
    names = ground.commune_names()
    return commune_map(
        ground,
        "Carte des offres de trajets solidaires",
        "Communes d'où partent des offres, par niveau. La liste dit la même chose.",
        levels=view.levels,
        texts={insee: f"{name} : {LEVELS[view.levels.get(insee, 0)]}" for insee, name in names.items()},
        legend=tuple((level, f"{level} {words}") for level, words in enumerate(LEVELS)),
    )
