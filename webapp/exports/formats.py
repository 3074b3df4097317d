"""The files that go out about the calendar."""

WHOLE = {
    "calendrier.ics": ("ical", "Agenda (iCalendar)", "À ajouter à un agenda : toutes les dates de la saison."),
    "passages.csv": ("csv", "Tableau du cycle (CSV)", "Les passages d'un cycle, un par ligne."),
    "dates.csv": ("dates-csv", "Tableau des dates (CSV)", "Toutes les dates de la saison, une par ligne."),
    "arrets.geojson": ("geojson", "Carte (GeoJSON)", "Les arrêts desservis, avec leurs passages et leurs dates."),
    "plan.json": ("json", "Plan complet (JSON)", "Le problème posé, le calendrier, sa preuve et son contrôle."),
    "feuille-de-route.pdf": ("road-book", "Feuille de route (PDF)", "Pour l'équipage : horaires, trajets, carte."),
}


OF_COMMUNE = {"calendrier.ics": "ical", "affiche.pdf": "poster"}
