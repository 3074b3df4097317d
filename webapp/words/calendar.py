"""How calendars are called that nobody gave a name."""

FIRST_NAME = "Calendrier calculé à l'ouverture du site"
EDITED_NAME = "Calendrier modifié à la main"
COMMAND_NAME = "Calendrier calculé par commande"
