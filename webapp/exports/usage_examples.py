"""Examples of use that a visitor can copy; the tests run each of them against a site."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One example: for which tool, what it does, and the text to copy. ``tested`` is True where the tests run it."""

    tool: str
    words: str
    text: str
    tested: bool = True


_PYTHON_STOPS = """import json
from urllib.request import urlopen

with urlopen("{address}/telecharger/arrets.geojson") as answer:
    stops = json.load(answer)["features"]
for stop in stops:
    print(stop["properties"]["place"], stop["geometry"]["coordinates"])
"""
_PYTHON_GTFS = """import io
import zipfile
from urllib.request import urlopen

import pandas

with urlopen("{address}/donnees/gtfs/territoire/current.zip") as answer:
    feed = zipfile.ZipFile(io.BytesIO(answer.read()))
stops = pandas.read_csv(feed.open("stops.txt"), dtype=str)
print(len(stops), "arrêts")
"""
_PYTHON_MAP = """import geopandas

access = geopandas.read_file("{address}/manques/acces.geojson")
print(access.crs, len(access))
"""
_CURL_AGAIN = """curl --fail --silent --show-error --remote-time --etag-save etag.txt --etag-compare etag.txt \\
  --output territoire.zip "{address}/donnees/gtfs/territoire/current.zip"
"""
_CURL_INDEX = """curl --fail --silent "{address}/donnees/index.json"
"""
_QGIS = """Couche > Ajouter une couche > Ajouter une couche vecteur…
Type de source : Protocole : HTTP(S), GeoJSON
URI : {address}/telecharger/arrets.geojson
"""
_QGIS_GAPS = """Couche > Ajouter une couche > Ajouter une couche vecteur…
Type de source : Protocole : HTTP(S), GeoJSON
URI : {address}/manques/acces.geojson
Symbologie : catégorisé, par la colonne de la classe d'accès
"""


def usage_examples(address: str) -> list[Example]:
    """Return the examples, with a site's own address in them."""
    made = [
        Example("QGIS", "Les arrêts du bus sur une carte", _QGIS, tested=False),
        Example("QGIS", "L'accès sans voiture, lieu par lieu", _QGIS_GAPS, tested=False),
        Example("Python", "Les arrêts du bus, sans rien installer", _PYTHON_STOPS),
        Example("Python", "Les arrêts de toutes les lignes (GTFS), avec pandas", _PYTHON_GTFS),
        Example("Python", "L'accès sans voiture, avec geopandas", _PYTHON_MAP),
        Example("curl", "Ne télécharger que si l'offre a changé", _CURL_AGAIN),
        Example("curl", "La liste de tout ce qui est publié", _CURL_INDEX),
    ]
    return [
        Example(example.tool, example.words, example.text.replace("{address}", address), example.tested)
        for example in made
    ]
