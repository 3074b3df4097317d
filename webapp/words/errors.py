"""Every trouble in French: what is wrong, and the way out."""

import re
from collections.abc import Mapping, Sequence

from mobility.bus_calendar import BrokenRule
from mobility.clock import WEEKDAYS as WEEKDAY_NAMES
from mobility.errors import InfeasibleError, MobilityError
from webapp.words.french import duration_words, joined, session_word, time_words, weekday_word

ERRORS = {
    "no-such-scenario": "Ce scénario n'existe pas ou n'existe plus.",
    "no-such-entry": "Ce calendrier n'est pas dans l'historique.",
    "no-plan-yet": "Ce scénario n'a pas encore de calendrier : relancez la recherche.",
    "backup-failed": "La sauvegarde n'a pas pu être écrite ({reason}).",
    "broken-backup": "Ce fichier n'est pas une sauvegarde entière ({reason}).",
    "database-in-use": "La base contient des données : la sauvegarde ne les remplace que si on le demande.",
    "not-a-choice": "« {value} » n'est pas un choix possible ({choices}).",
    "no-such-call": "Cet appel n'est pas connu.",
    "bad-number-called": "« {value} » n'est pas un numéro de téléphone.",
    "no-such-service": "Aucun service de ce genre n'est connu sur le territoire.",
    "where-to": "Dites où vous voulez aller : un lieu, ou ce que vous cherchez.",
    "bad-host": "« {value} » ne désigne pas une machine : écrivez par exemple mobilite.example.org.",
    "mail-not-verified": "ProConnect ne garantit pas votre adresse de courriel : à elle seule, elle n'ouvre aucun "
    "compte ici. Ouvrez le lien d'invitation que vous avez reçu, puis choisissez « Rattacher ce compte à ProConnect ». "
    "Sans lien, demandez-en un à votre administrateur.",
    "already-joined": "Le compte prévu pour vous est déjà rattaché à une autre identité ProConnect : rien n'a été "
    "changé. Demandez à votre administrateur de l'en détacher.",
    "no-account-for-identity": "Aucun compte n'est ouvert ici à votre nom. Demandez à votre administrateur.",
    "no-account-yet": "Cette page est réservée, et aucun compte n'est encore ouvert ici. La personne qui a démarré le "
    "site ouvre le premier, depuis la page Connexion, avec le mot affiché au démarrage.",
    "first-account-first": "Aucun compte n'est encore ouvert : le premier s'ouvre avec le mot affiché au démarrage.",
    "first-account-taken": "Le premier compte est déjà ouvert : connectez-vous, ou demandez un compte à la personne "
    "qui administre le site.",
    "wrong-first-word": "Ce n'est pas le mot affiché au démarrage, ou il a déjà servi. Redémarrez le site : il en "
    "affiche un nouveau.",
    "account-exists": "Un compte existe déjà à cette adresse.",
    "no-such-account": "Ce compte n'existe pas.",
    "last-administrator": "Il doit rester au moins une personne qui administre les comptes.",
    "old-account-link": "Ce lien a déjà servi ou n'est plus valable. Demandez-en un autre.",
    "short-password": "Ce mot de passe est trop court : il faut {least} signes au moins, et 200 au plus.",
    "weak-password": "Ce mot de passe se devine trop facilement. Choisissez-en un autre, une phrase par exemple.",
    "two-passwords": "Les deux mots de passe ne sont pas les mêmes.",
    "wrong-password": "L'adresse ou le mot de passe n'est pas le bon.",
    "too-many-tries": "Trop d'essais. Attendez {minutes} minutes, ou demandez un nouveau mot de passe.",
    "bad-mail": "« {value} » n'est pas une adresse de courriel.",
    "unknown-act": "Cette action n'est pas connue.",
    "identity-server": "Le service d'identité n'a pas répondu comme prévu ({reason}). Réessayez dans un instant.",
    "hours-overlap": "Les heures d'une journée doivent se suivre, sans se toucher, de 0 h à 24 h.",
    "never-open": "Avec ces horaires, on n'est jamais ouvert.",
    "bad-half-day": "Une demi-journée doit finir après son début.",
    "back-before": "Le retour doit venir après l'aller.",
    "same-place": "Le départ et l'arrivée sont le même lieu.",
    "unknown-errand": "Ce motif n'est pas connu.",
    "unknown-wish": "Ce souhait n'est pas connu.",
    "no-database": "La base de données ne s'ouvre pas ({reason}).",
    "database-trouble": "La base de données n'a pas répondu. Réessayez dans un instant.",
    "newer-database": "La base de données vient d'une version plus récente du programme.",
    "no-such-person": "Cette personne n'est pas connue.",
    "no-such-offer": "Cette offre n'est pas connue.",
    "no-such-request": "Cette demande n'est pas connue.",
    "no-such-match": "Cette proposition n'est pas connue.",
    "link-not-open": "Rouvrez le lien du message que vous avez reçu : lui seul ouvre cette page.",
    "no-such-link": "Ce lien n'est plus valable. Appelez-nous si vous avez une question.",
    "not-your-match": "Cette proposition est pour une autre personne.",
    "proposal-over": "Cette proposition est terminée.",
    "seat-taken": "Cette place vient d'être prise. Regardez à nouveau.",
    "already-matched": "Cette demande a déjà une réponse en cours.",
    "against-the-law": "Les règles du transport bénévole ne le permettent pas.",
    "booking-exists": "Cette réservation est déjà enregistrée.",
    "double-request": "Cette personne a déjà une demande pour y aller ce jour-là.",
    "day-over": "Ce jour est passé.",
    "bad-partner": "La plateforme « {value} » est mal décrite : écrivez NOM=ADRESSE|CLÉ.",
    "no-rides-in-time": "Aucun plan n'a été trouvé dans le temps donné ({seconds:.0f} s).",
    "promise-cannot-hold": "Ce qui a été promis ({value}) ne peut plus être tenu tel quel : revoyez cet horaire.",
    "rides-infeasible": "Aucun plan ne peut servir toutes les demandes.",
    "no-such-place": "« {value} » n'est ni une commune du territoire, ni un arrêt connu.",
    "merge-has-errors": "L'offre réunie comporte des erreurs ({reason}) : elle n'est pas publiée, la précédente reste.",
    "whole-roads-needed": "Pour les carrefours, il faut un extrait OpenStreetMap des routes.",
    "bad-hours": "« {value} » n'est pas un horaire d'ouverture : écrivez par exemple Mo 09:00-12:00.",
    "stop-without-point": "L'arrêt « {value} » n'a pas de position.",
    "date-or-type": "Donnez soit une date, soit un type de jour.",
    "no-feed": "Aucune offre de transport n'est encore chargée.",
    "stop-twice": "La ligne {line} décrit un arrêt déjà décrit plus haut (même identifiant).",
    "one-version": "Une seule version de « {value} » est gardée : il n'y a rien à comparer.",
    "bad-feed-date": "« {value} » n'est pas une date (AAAAMMJJ).",
    "no-such-zone": "Une zone de transport à la demande (« {value} ») n'est pas décrite dans l'offre.",
    "unknown-licence": "« {value} » n'est pas une licence connue ici. Celles qui le sont : {known}.",
    "no-such-feed": "L'offre de transport « {value} » n'est pas connue ici.",
    "bad-feed-source": "Cette source d'offre est mal décrite : donnez un nom avec une adresse, ou une api seule.",
    "bad-access-point": "Le point d'accès national ne répond pas comme prévu : {reason}. Réessayez plus tard.",
    "feed-not-utf8": "La ligne {line} n'est pas un texte UTF-8. Enregistrez l'offre à nouveau en UTF-8.",
    "unsafe-feed": "Ce fichier zip contient un fichier placé hors de lui-même (« {value} ») : il est refusé.",
    "empty-feed": "Cette offre de transport (GTFS) est vide.",
    "bad-time-zone": "« {value} » n'est pas un fuseau horaire : écrivez par exemple Europe/Paris.",
    "bad-feed-point": "Ligne {line} : « {value} » n'est pas une latitude et une longitude.",
    "bad-feed-number": "Ligne {line} : « {value} » n'est pas un nombre (colonne {column}).",
    "area-too-large": "La zone dépasse {kilometres:.0f} km : utilisez plutôt un extrait de la région.",
    "bad-box": "« {value} » n'est pas une zone : écrivez ouest, sud, est, nord en degrés.",
    "bad-clock": "« {value} » n'est pas une heure : écrivez par exemple 09:15.",
    "bad-crew-hours": "Ces horaires d'équipage sont impossibles : le début doit venir avant la fin.",
    "bad-date": "« {value} » n'est pas une date : écrivez par exemple 2026-12-08.",
    "bad-feed-time": "Ligne {line} : « {value} » n'est pas une heure (HH:MM:SS).",
    "bad-json": "Ce fichier n'est pas lisible : il est peut-être coupé. Enregistrez-le à nouveau.",
    "bad-name": "« {value} » ne peut pas servir de nom : utilisez des minuscules, des chiffres et des tirets.",
    "bad-need": "Ces réglages du besoin se contredisent : le besoin doit commencer avant d'être entier.",
    "bad-number": "« {value} » n'est pas un nombre entre {low} et {high}.",
    "bad-port": "« {value} » n'est pas un port (1 à 65535).",
    "bad-point": "La position n'est pas valable : donnez une longitude et une latitude, par exemple 1.44 et 44.45.",
    "bad-policy": "« {value} » n'est pas une règle de dates connue.",
    "bad-position": "« {value} » ne désigne ni une semaine, ni un jour, ni une demi-journée.",
    "bad-season": "La saison doit finir après son début, et durer moins de deux ans.",
    "bad-service": "La description du bus comporte une erreur : {reason}.",
    "bad-toml": "Ce fichier de réglages n'est pas lisible : {reason}.",
    "bad-week": "« {value} » n'est pas une semaine : écrivez paire, impaire ou un numéro.",
    "bad-weekday": "« {value} » n'est pas un jour : écrivez par exemple mardi.",
    "broken-csv": "Ce tableau n'est pas lisible : il est peut-être coupé. Enregistrez-le à nouveau en CSV.",
    "broken-feed": "Cette offre de transport (GTFS) n'est pas un fichier zip entier. Téléchargez-la à nouveau.",
    "broken-osm": "Cet extrait OpenStreetMap n'est pas lisible : il est sans doute coupé. Téléchargez-le à nouveau.",
    "broken-plan": "Ce plan est incomplet ou abîmé. Téléchargez-le à nouveau.",
    "broken-road-table": "Ce tableau de routes comporte une ligne illisible.",
    "changes-of-nothing": "Pour limiter les changements, indiquez le calendrier en vigueur.",
    "dates-reversed": "La fin ({last}) vient avant le début ({first}).",
    "depart-or-arrive": "Donnez soit une heure de départ, soit une heure d'arrivée.",
    "download-failed": "Les routes n'ont pas pu être téléchargées. Réessayez plus tard.",
    "download-refused": "Cette adresse n'a pas pu être lue (réponse {status}). Vérifiez-la.",
    "empty-selection": "Aucune commune ne correspond à cette sélection.",
    "empty-value": "Une valeur manque.",
    "feed-too-large": "Cette offre de transport est trop grande (plus de 2 Go une fois décompressée).",
    "infeasible": "Aucun calendrier ne respecte toutes ces règles.",
    "judge-disagrees": "Le contrôle a refusé le calendrier trouvé. C'est un défaut du logiciel : merci de le signaler.",
    "missing-column": "Il manque la colonne {columns}. La première ligne doit nommer : {expected}.",
    "missing-feed-file": "Il manque le fichier {value} dans cette offre de transport (GTFS).",
    "missing-value": "Il manque la valeur « {value} ».",
    "needs-roads": "Il faut un vrai réseau routier pour ce calcul : donnez un extrait OpenStreetMap.",
    "no-address": "Aucune adresse n'est connue pour cette offre de transport : donnez-la.",
    "no-file": "Le fichier n'existe pas.",
    "no-plan": "Il n'y a pas encore de calendrier. Préparez-en un.",
    "no-roads": "Aucune route praticable par ce véhicule ne se trouve autour du territoire dans ce fichier.",
    "no-service": "Les calendriers de cette offre de transport ne contiennent aucun jour.",
    "no-such-session": "Il n'y a pas de demi-journée « {value} » dans la semaine du bus.",
    "no-such-stop": "L'arrêt « {value} » n'existe pas dans cette offre de transport.",
    "no-time": "Aucun calendrier n'a été trouvé dans le temps donné. Accordez plus de temps.",
    "no-visit": "Le bus n'a pas de passage à venir à {value}.",
    "no-way": "Aucune route ne mène de {origin} à {destination}.",
    "not-a-candidate": "« {value} » n'est pas un arrêt possible du bus.",
    "not-a-number": "« {value} » n'est pas un nombre.",
    "not-a-plan": "Ce fichier n'est pas un plan de bus.",
    "not-yes-no": "« {value} » n'est ni yes (oui) ni no (non).",
    "not-utf8": "Ce fichier n'est pas un texte UTF-8. Enregistrez-le en « CSV UTF-8 ».",
    "nothing-to-plan": "Il manque de quoi prévoir un calendrier ({what}).",
    "off-the-map": "{names} : aucune route connue à moins de {metres} m. Vérifiez la position.",
    "parity-needs-two-weeks": "Les semaines paires et impaires ne conviennent qu'à un cycle de deux semaines.",
    "port-taken": "Le port {value} est déjà pris : choisissez-en un autre.",
    "poster-of-what": "Une affiche se fait pour une commune : indiquez laquelle.",
    "ragged-line": "La ligne {line} n'a pas autant de valeurs que la première ligne a de noms.",
    "sessions-overlap": "Deux demi-journées se chevauchent.",
    "stated-twice": "« {value} » est indiqué deux fois.",
    "too-large": "Ce fichier est trop grand (au plus {megabytes} Mo).",
    "too-many-sessions": "Le calcul prévoit une ou deux demi-journées par jour, pas {sessions}.",
    "unexpected": "Le calcul s'est arrêté sur une panne. Réessayez, puis prévenez la personne qui gère le site.",
    "unknown-commune": "La commune « {value} » n'existe pas dans ce territoire.",
    "unknown-place": "Le tableau des voisinages cite un lieu inconnu : {value}.",
    "unknown-preset": "L'intention « {value} » n'existe pas.",
    "unknown-profile": "Le véhicule « {value} » n'existe pas.",
    "unknown-roads": "Ce fichier n'est pas un extrait OpenStreetMap (.osm.pbf, .osm.gz, .osm).",
    "unknown-stop": "La ligne {line} nomme un arrêt que le fichier stops.txt ne contient pas.",
    "unknown-territory": "Le territoire « {value} » n'existe pas.",
    "unknown-zone": "La zone scolaire « {value} » n'existe pas : A, B ou C.",
}

RULES = {
    "area-floor": "{area} : passages prévus {visits}, demandés {floor} au moins.",
    "ban": "Un passage est prévu là où vous l'avez interdit : {stop}.",
    "bus-in-two-places": "Le même bus est attendu à deux endroits à la fois : {stops}.",
    "crew-day-long": "La journée de l'équipage dure {length}, plus que les {limit} permises.",
    "crew-ends-late": "L'équipage finirait à {end}, après {limit}.",
    "crew-starts-early": "L'équipage devrait commencer à {start}, avant {limit}.",
    "irregular-day": "{stop} n'a pas toujours le même jour et la même demi-journée.",
    "irregular-weeks": "Les passages à {stop} ne sont pas répartis également entre les semaines.",
    "lock": "Le passage demandé n'est pas prévu : {stop}.",
    "lunch-too-short": "Entre matin et après-midi il faut {needed} (route et repas compris), il y a {between}.",
    "no-road": "Aucune route connue ne relie ces arrêts : {stops}.",
    "no-such-session": "Il n'y a pas de demi-journée le {weekday} {session}.",
    "not-a-candidate": "{stop} n'est pas un arrêt possible du bus.",
    "public-hours": "Le bus n'est pas en place pendant toutes les heures d'ouverture.",
    "skipped-session": "{stop} : la demi-journée du {weekday} {session} est fermée cette semaine-là.",
    "stop-closed": "{stop} n'est pas disponible le {weekday} {session} (marché, par exemple).",
    "too-many-changes": "{changes} passages changent par rapport au calendrier en vigueur, {limit} au plus.",
    "too-many-visits": "{stop} reçoit {visits} passages par cycle, {limit} au plus.",
    "two-buses-at-once": "Deux bus sont prévus en même temps à {stop}.",
    "unknown-bus": "Le bus « {bus} » n'existe pas.",
    "unknown-week": "La semaine {week} n'existe pas dans le cycle.",
}

FIELDS = {
    "--depot": "Dépôt", "depot": "Dépôt", "crew hours": "Horaires de l'équipage", "locks": "Passages imposés",
    "bans": "Passages interdits", "crew_start": "Début de service", "crew_end": "Fin de service",
    "first": "Premier jour", "last": "Dernier jour", "closures": "Fermetures", "roads": "Routes", "place": "Lieu",
    "commune": "Commune", "buses": "Nombre de bus", "preset": "Intention", "policy": "Règle des dates",
    "need": "Besoin", "near": "Début du besoin",
    "far": "Besoin entier", "vulnerability": "Vulnérabilité", "transit": "Transports",
    "max_changes": "Changements permis", "sessions": "Demi-journées", "file": "Fichier",
    "max_visits": "Passages par arrêt",
    "area_floor": "Passages par intercommunalité", "arrive_by": "Heure", "back_after": "Retour", "box": "Étendue",
    "closes": "Fin", "companions": "Accompagnants", "dates": "Dates", "day": "Jour",
    "first_week": "Première semaine", "mail": "Courriel", "name": "Nom", "school_zone": "Zone scolaire",
    "seats": "Places", "weekdays": "Jours de la semaine",
    **dict.fromkeys((
        "account", "acte", "booking", "calendar", "call",
        "database", "destination", "errand", "limit", "link", "match", "number",
        "offer", "person", "plan", "profile", "promised", "request", "requests", "scenario", "server", "territory",
        "wishes",
    ), ""),
}  # fmt: skip
"""French names of fields; "" where the sentence already says what it is about."""


def french_error(error: MobilityError, names: Mapping[str, str] | None = None) -> str:
    """Return the French sentence of an error, with the place to mend; ``names`` translates stops and areas."""
    words = {key: _plain(value) for key, value in error.details.items()}
    sentence = ERRORS[error.code].format(**words)
    suggestions = error.details.get("suggestions")
    if isinstance(suggestions, list) and suggestions:
        sentence += f" Vouliez-vous dire {joined(suggestions, 'ou')} ?"
    if isinstance(error, InfeasibleError) and error.rules:
        named = [conflict_words(rule, names or {}) for rule in error.rules]
        sentence += f" À elles seules, ces règles se contredisent : {'; '.join(named)}. Assouplissez l'une d'elles."
    field = FIELDS.get(error.field, _field_words(error.field))
    hidden = not field or error.code in {"infeasible", "off-the-map", "no-plan", "judge-disagrees"}
    return sentence if hidden else f"{field} : {sentence}"


def _field_words(field: str) -> str:
    """Write "stops.csv, line 3, column lat" in French; a file keeps its name, whatever words are in it."""
    return re.sub(r", line (?=\d)", ", ligne ", field).replace(", column ", ", colonne ")


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return value


def conflict_words(rule: str, names: Mapping[str, str]) -> str:
    """Write a rule named by the conflict finder ("lock:46095 week 1 thursday") in French."""
    kind, _, rest = rule.partition(":")
    if kind == "crew-hours":
        return "les horaires de l'équipage (aucun arrêt ne peut être tenu dans la journée)"
    if kind == "max-changes":
        return "le nombre de changements permis"
    if kind == "area-floor":
        return f"le nombre de passages pour {names.get(rest, rest)}"
    if kind == "skipped":
        return f"la fermeture : {_when(rest.split())}"
    stop, *words = rest.split()
    where = f"{names.get(stop, stop)} {_when(words)}".strip()
    return f"le passage imposé à {where}" if kind == "lock" else f"l'interdiction à {where}"


def _when(words: Sequence[str]) -> str:
    return " ".join(_word(word, words[i - 1] if i else "") for i, word in enumerate(words) if word != "week")


def _word(word: str, before: str) -> str:
    if before == "week":
        return {"1": "semaine impaire", "2": "semaine paire"}.get(word, f"semaine {word}")
    return weekday_word(WEEKDAY_NAMES.index(word) + 1) if word in WEEKDAY_NAMES else session_word(word)


def french_rule(rule: BrokenRule, names: Mapping[str, str]) -> str:
    """Return the French sentence of a broken rule; ``names`` translates stops and areas."""
    words: dict[str, object] = {}
    for key, value in rule.details.items():
        if key in {"stop", "area"}:
            words[key] = names.get(str(value), value)
        elif key == "stops" and isinstance(value, list | tuple):
            words[key] = joined([names.get(str(stop), str(stop)) for stop in value])
        elif key in {"start", "end"} or (key == "limit" and rule.code in {"crew-starts-early", "crew-ends-late"}):
            words[key] = time_words(float(str(value)))
        elif key in {"needed", "between", "length"} or (key == "limit" and rule.code == "crew-day-long"):
            words[key] = duration_words(float(str(value)))
        elif key == "weekday":
            words[key] = weekday_word(int(str(value)))
        elif key == "session":
            words[key] = session_word(str(value))
        else:
            words[key] = value
    return RULES[rule.code].format(**words)
