"""What the catalogue of open data lists, in French."""

from datetime import date, datetime

from desks.house import House
from desks.transport.publication import MERGED, ON_DEMAND
from maps.layers import bounds
from mobility.licences import ODBL, OPEN_2, find_licence
from webapp.exports.catalogue_entries import GTFS, CatalogueEntry, CatalogueFile, CatalogueOwner
from webapp.exports.formats import WHOLE
from webapp.pictures.commune_map import commune_map

LINES, FLEXIBLE, OTHER = (
    "public-transport-scheduled-transport", "public-transport-non-scheduled-transport", "other",
)  # fmt: skip
DATA_FILES = ("calendrier.ics", "passages.csv", "dates.csv", "arrets.geojson", "plan.json")
"""The calendar's downloads that are data: posters and road books are not."""


def owner_of(here: House) -> CatalogueOwner:
    """Return who publishes."""
    settings = here.ground.folder.settings()
    return CatalogueOwner(
        here.ground.territory.title, str(settings.get("mail", "")), here.settings.public_url,
        bounds(commune_map(here.ground, here.ground.territory.title, "")),
    )  # fmt: skip


def catalogue_entries(here: House) -> list[CatalogueEntry]:
    """Return the datasets: each feed, the bus, the gaps."""
    address, today = here.settings.public_url, here.today()
    publication = here.transport.publication()
    entries = []
    for name in publication.names():
        current = publication.feed(name).find("current", today)
        licence = find_licence(current.licence) if current else None
        if current is None or licence is None:
            continue
        title = {
            MERGED: "Toutes les lignes du territoire (GTFS)", ON_DEMAND: "Services à la demande (GTFS-Flex)",
        }.get(name, f"Offre de transport « {name} » (GTFS)")  # fmt: skip
        entries.append(
            CatalogueEntry(
                f"gtfs-{name}", title, "Arrêts, lignes et horaires, à une adresse qui dure, avec leur historique.",
                FLEXIBLE if name == ON_DEMAND else LINES, licence,
                (
                    CatalogueFile(f"{address}/donnees/gtfs/{name}/current.zip", "zip", "Version en cours", GTFS),
                    CatalogueFile(f"{address}/donnees/gtfs/{name}/rapport.json", "json", "Contrôle de la qualité"),
                ),
                datetime.fromisoformat(current.published).date(), date.fromisoformat(current.first),
                date.fromisoformat(current.last), current.attribution,
            )
        )  # fmt: skip
    bus_files = [
        CatalogueFile(f"{address}/telecharger/{file}", file.rsplit(".", 1)[-1], WHOLE[file][1]) for file in DATA_FILES
    ]
    bus_files.append(
        CatalogueFile(f"{address}/donnees/bus/data-inclusion.json", "json", "Services et structure (data.inclusion)")
    )
    entries.append(
        CatalogueEntry(
            "bus", "Calendrier du bus des services publics",
            "Les passages du bus, village par village, jours fériés compris.", OTHER, OPEN_2, tuple(bus_files),
            today, attribution=here.ground.territory.title,
        )
    )  # fmt: skip
    entries.append(
        CatalogueEntry(
            "manques", "Accès sans voiture, commune par commune",
            "Combien de jours par semaine peut-on aller à un service et en revenir sans voiture.", OTHER, ODBL,
            tuple(
                CatalogueFile(f"{address}/manques/{file}", file.rsplit(".", 1)[-1], words)
                for file, words in (("acces.csv", "Tableau"), ("acces.geojson", "Carte"),
                                    ("acces.parquet", "Carte (GeoParquet)"), ("indicateurs.csv", "Indicateurs usuels"))
            ),
            today, attribution="SNCF Voyageurs, ANCT, INSEE, contributeurs d'OpenStreetMap, Travel Mapping",
        )
    )  # fmt: skip
    return entries
