"""The OpenAPI document of everything that programs may call: downloads, suggestions, telephone providers, state."""

from typing import Any

from mobility.disclosure import DRIVERS, TRIPS
from webapp.exports.formats import ACCESS, OF_COMMUNE, WHOLE, media_of
from webapp.words.disclosure import number_of


def openapi_document(title: str, address: str, feeds: list[str]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of what programs may call. ``feeds`` are the names of the published feeds.

    The French carpooling standard has a description of its own, which its readers know.
    """
    name = {
        "name": "name", "in": "path", "required": True, "description": "Nom de l'offre.",
        "schema": {"type": "string", "enum": feeds} if feeds else {"type": "string"},
    }  # fmt: skip
    version = {
        "name": "version", "in": "path", "required": True, "schema": {"type": "string"},
        "description": "`current` (en cours), `next` (à venir) ou l'identifiant d'une version de l'historique.",
    }  # fmt: skip
    insee = {
        "name": "insee", "in": "path", "required": True, "description": "Code INSEE de la commune.",
        "schema": {"type": "string", "pattern": "^[0-9AB]{5}$"},
    }  # fmt: skip
    paths: dict[str, Any] = {
        "/donnees/index.json": _get("Tout ce qui est publié", "application/json"),
        "/donnees/gtfs/{name}/{version}.zip": _get(
            "Offre de transport (GTFS)", "application/zip", [name, version], ranges=True
        ),
        "/donnees/gtfs/{name}/rapport.json": _get("Contrôle de la version en cours", "application/json", [name]),
        "/donnees/gtfs/{name}/historique.json": _get("Versions publiées", "application/json", [name]),
        "/donnees/gtfs/{name}/changements.json": _get(
            "Ce qui change depuis la version précédente", "application/json", [name]
        ),
        "/donnees/bus/data-inclusion.json": _get("Passages du bus (data.inclusion v1)", "application/json"),
        "/donnees/a-la-demande.json": _get("Services à la demande connus", "application/json"),
        "/donnees/changements.atom": _get("Ce qui change (Atom)", "application/atom+xml"),
        "/donnees/catalogue.ttl": _get("Catalogue mobilityDCAT-AP", "text/turtle"),
        "/donnees/catalogue.jsonld": _get("Catalogue mobilityDCAT-AP", "application/ld+json"),
    }
    for file, (_, words, _) in WHOLE.items():
        paths[f"/telecharger/{file}"] = _get(words, media_of(file))
    for file, kind in OF_COMMUNE.items():
        paths[f"/communes/{{insee}}/{file}"] = _get(f"Commune : {kind}", media_of(file), [insee])
    for file in ACCESS:
        paths[f"/manques/{file}"] = _get("Accès sans voiture", media_of(file))
    paths |= _of_places(insee) | _beside_the_data()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Données ouvertes de mobilité : {title}", "version": "1",
            "description": "Adresses qui durent, sans clé ni compte. Chaque réponse porte un ETag : une requête "
            "conditionnelle (`If-None-Match`) ne renvoie rien quand rien n'a changé.",
        },
        "servers": [{"url": address}],
        "paths": paths,
        "components": {"securitySchemes": {
            "signature": {
                "type": "apiKey", "in": "header", "name": "X-Signature",
                "description": "HMAC-SHA256 (hexadécimal) de X-Timestamp, d'un point et du corps, avec le secret du "
                "fournisseur ; dix minutes au plus.",
            },
            "password": {"type": "http", "scheme": "basic", "description": "Le même secret comme mot de passe."},
        }},
    }  # fmt: skip


def _of_places(insee: dict[str, Any]) -> dict[str, Any]:
    """Return the agendas of stops, and what people must know of the whole and of a commune."""
    stop = {**insee, "name": "stop", "description": "Identifiant de l'arrêt.", "schema": {"type": "string"}}
    known, atom = "Ce qu'il faut savoir", "application/atom+xml"
    return {
        "/arrets/{stop}/calendrier.ics": _get("Agenda d'un arrêt (iCalendar)", media_of("calendrier.ics"), [stop]),
        "/a-savoir.json": _get(known, "application/json"),
        "/a-savoir.atom": _get(f"{known} (Atom)", atom),
        "/communes/{insee}/a-savoir.atom": _get(f"Commune : {known} (Atom)", atom, [insee]),
    }


def _beside_the_data() -> dict[str, Any]:
    """Return what is no open data: suggestions of places, tiles, telephone providers, the state of the service."""
    number = {"type": "integer", "minimum": 0}
    tile = [{"name": name, "in": "path", "required": True, "schema": number} for name in ("zoom", "column", "row")]
    typed = {"name": "q", "in": "query", "schema": {"type": "string"}, "description": "Ce qui est tapé."}
    incoming = {
        "type": "object", "required": ["id", "kind", "from"],
        "properties": {
            "id": {"type": "string", "maxLength": 60, "description": "Un même id deux fois ne compte qu'une."},
            "kind": {"enum": ["call", "sms"]}, "from": {"type": "string", "maxLength": 40},
            "text": {"type": "string", "maxLength": 2000},
        },
    }  # fmt: skip
    keys = {
        "type": "object",
        "properties": {
            "numero": {"type": "string", "description": "Le numéro de l'appelant."},
            "touches": {"type": "string", "description": "Les touches pressées."},
            "question": {"type": "string"}, "lettres": {"type": "string"},
        },
    }  # fmt: skip
    spoken: dict[str, Any] = {"application/voicexml+xml": {}, "application/json": {}}
    stamp = {
        "name": "X-Timestamp", "in": "header", "required": True, "schema": {"type": "string"},
        "description": "Secondes depuis 1970.",
    }  # fmt: skip
    refused = {"401": {"description": "Sans le secret du fournisseur."}, "503": {"description": "Aucun fournisseur."}}
    return {
        "/donnees/solidaire/gtfs.zip": _get(
            f"Trajets réguliers de conducteurs (GTFS), à partir de {number_of(TRIPS)} trajets par semaine et de "
            f"{number_of(DRIVERS)} conducteurs par liaison et par jour ; ce qui est en dessous n'est pas publié, et la "
            "liste change une fois par semaine", "application/zip",
        ),
        "/tuiles/{zoom}/{column}/{row}.mvt": _get("Fond de carte", "application/vnd.mapbox-vector-tile", tile),
        "/api/lieux": _get("Lieux proposés pendant la frappe", "application/json", [typed]),
        "/api/telephone/entrants": {
            "post": {
                "summary": "Un appel ou un SMS qui arrive", "security": [{"signature": []}], "parameters": [stamp],
                "requestBody": {"required": True, "content": {"application/json": {"schema": incoming}}},
                "responses": {
                    "200": {"description": "Pris.", "content": {"application/json": {}}},
                    "400": {"description": "Mal formé : la raison est dite."}, **refused,
                },
            },
        },
        "/api/telephone/menu": {
            "get": {
                "summary": "Le début du menu parlé", "security": [{"password": []}],
                "responses": {"200": {"description": "Un pas du menu.", "content": spoken}, **refused},
            },
            "post": {
                "summary": "La suite du menu parlé", "security": [{"password": []}],
                "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": keys}}},
                "responses": {"200": {"description": "Un pas du menu.", "content": spoken}, **refused},
            },
        },
        "/health": _get("Le processus répond", "application/json"),
        "/ready": _get("Le service peut répondre (503 sinon)", "application/json"),
    }  # fmt: skip


def _get(
    words: str, media: str, parameters: list[dict[str, Any]] | None = None, *, ranges: bool = False
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {
            "description": words,
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {media: {"schema": {"type": "string", "format": "binary"} if ranges else {}}},
        },
        "304": {"description": "Rien n'a changé depuis l'ETag donné."},
    }
    if ranges:
        responses["206"] = {"description": "La partie demandée par l'en-tête Range."}
    if parameters:
        responses["404"] = {"description": "Rien de ce nom."}
    return {"get": {"summary": words, "parameters": parameters or [], "responses": responses}}
