"""The map of the communes from which enough rides are offered to be told."""

from desks.ground import Ground
from desks.rides.public_offers import PublicOffers
from maps.layers import MapContent
from mobility.disclosure import TRIPS
from webapp.pictures.commune_map import commune_map
from webapp.words.disclosure import fewer_words, number_of


def offers_map(ground: Ground, view: PublicOffers) -> MapContent:
    """Return the map of offers by commune."""
    names = ground.commune_names()
    words = (f"{fewer_words(TRIPS)} trajets par semaine", f"{number_of(TRIPS)} trajets par semaine et plus")
    levels = dict.fromkeys(view.communes, 1)
    return commune_map(
        ground,
        "Carte des offres de trajets solidaires",
        f"Communes d'où partent au moins {number_of(TRIPS)} trajets par semaine. La liste dit la même chose.",
        levels=levels,
        texts={insee: f"{name} : {words[levels.get(insee, 0)]}" for insee, name in names.items()},
        legend=tuple((level, f"{level} {said}") for level, said in enumerate(words)),
    )
