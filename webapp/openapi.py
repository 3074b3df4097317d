"""The OpenAPI document of everything that can be downloaded."""

from typing import Any

from webapp.pages.downloads import OF_COMMUNE, WHOLE


def openapi_document(title: str, address: str, feeds: list[str]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of the downloads. ``feeds`` are the names of the published feeds."""
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
        paths[f"/telecharger/{file}"] = _get(words, _media(file))
    for file, kind in OF_COMMUNE.items():
        paths[f"/communes/{{insee}}/{file}"] = _get(f"Commune : {kind}", _media(file), [insee])
    for file in ("acces.csv", "indicateurs.csv", "acces.geojson", "acces.parquet"):
        paths[f"/manques/{file}"] = _get("Accès sans voiture", _media(file))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Données ouvertes de mobilité : {title}", "version": "1",
            "description": "Adresses qui durent, sans clé ni compte. Chaque réponse porte un ETag : une requête "
            "conditionnelle (`If-None-Match`) ne renvoie rien quand rien n'a changé.",
        },
        "servers": [{"url": address}],
        "paths": paths,
    }  # fmt: skip


def _media(file: str) -> str:
    kinds = {
        "csv": "text/csv", "ics": "text/calendar", "geojson": "application/geo+json", "json": "application/json",
        "pdf": "application/pdf", "parquet": "application/vnd.apache.parquet",
    }  # fmt: skip
    return kinds[file.rsplit(".", 1)[-1]]


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
