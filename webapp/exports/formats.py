"""The files that go out about the calendar and the access without a car."""

MEDIA = {
    "csv": "text/csv", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "ics": "text/calendar",
    "geojson": "application/geo+json", "json": "application/json",
    "parquet": "application/vnd.apache.parquet", "pdf": "application/pdf", "zip": "application/zip",
}  # fmt: skip
"""Media type of each kind of file, by the ending of its name."""

WHOLE = {
    "calendrier.ics": ("ical", "Agenda (iCalendar)", "À ajouter à un agenda : toutes les dates de la saison."),
    "passages.csv": ("csv", "Tableau du cycle (CSV)", "Les passages d'un cycle, un par ligne."),
    "dates.csv": ("dates-csv", "Tableau des dates (CSV)", "Toutes les dates de la saison, une par ligne."),
    "arrets.geojson": ("geojson", "Carte (GeoJSON)", "Les arrêts desservis, avec leurs passages et leurs dates."),
    "plan.json": ("json", "Plan complet (JSON)", "Le problème posé, le calendrier, sa preuve et son contrôle."),
    "feuille-de-route.pdf": ("road-book", "Feuille de route (PDF)", "Pour l'équipage : horaires, trajets, carte."),
}


OF_COMMUNE = {"calendrier.ics": "ical", "affiche.pdf": "poster"}
ACCESS = {
    "acces.csv": (
        "Tableau de l'accès (CSV)", "Une ligne par lieu, besoin et couche : classe, jours par semaine, temps.",
    ),
    "indicateurs.csv": (
        "Indicateurs usuels (CSV)", "Temps de route, départs par jour, classes suisses, heures de guichet.",
    ),
    "acces.geojson": ("Carte (GeoJSON)", "Les communes avec leurs classes, en WGS 84."),
    "acces.parquet": ("Carte (GeoParquet)", "La même, pour les outils d'analyse."),
}  # fmt: skip


def media_of(name: str) -> str:
    """Return the media type of a file."""
    return MEDIA[name.rpartition(".")[2]]
