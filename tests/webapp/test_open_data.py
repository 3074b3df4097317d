"""What goes out: addresses that last, conditional and range requests, reports, catalogue, and their standards."""

import io
import json
import re
import zipfile
from base64 import b64encode
from datetime import date

import jsonschema
import pyshacl
import pytest
import rdflib
from openapi_spec_validator import validate as validate_openapi

from desks.settings import Settings, default_territory
from desks.transport.feeds import keep_feed
from tests.conftest import NOW
from tests.desks.test_publication import keep, local_feed
from tests.fixtures_site import UNSET
from tests.gtfs.small_feed import FILES
from webapp.app import create_app


def test_downloads_are_conditional_and_resumable(client):
    whole = client.get("/donnees/gtfs/territoire/current.zip")
    assert whole.status_code == 200
    assert whole.content_type == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(whole.data)).testzip() is None
    etag = whole.headers["ETag"]
    assert client.get("/donnees/gtfs/territoire/current.zip", headers={"If-None-Match": etag}).status_code == 304
    modified = whole.headers["Last-Modified"]
    assert (
        client.get("/donnees/gtfs/territoire/current.zip", headers={"If-Modified-Since": modified}).status_code == 304
    )
    part = client.get("/donnees/gtfs/territoire/current.zip", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, whole.data[100:200])
    rest = client.get("/donnees/gtfs/territoire/current.zip", headers={"Range": "bytes=200-", "If-Range": etag})
    assert rest.data == whole.data[200:]
    assert client.get("/donnees/gtfs/territoire/current.zip", headers={"Range": "bytes=999999999-"}).status_code == 416
    version = whole.headers["Content-Location"]
    kept = client.get(version)
    assert kept.data == whole.data
    assert "immutable" in kept.headers["Cache-Control"]
    assert "immutable" not in whole.headers["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    ["/donnees/gtfs/nothing/current.zip", "/donnees/gtfs/territoire/next.zip", "/donnees/gtfs/territoire/2000.zip",
     "/donnees/gtfs/../current.zip", "/donnees/gtfs/nothing/rapport.json", "/donnees/offres/nothing",
     "/donnees/catalogue.xml", "/manques/secret.csv", "/manques?besoin=moon", "/manques?couche=moon"],
)  # fmt: skip
def test_what_is_not_there_is_said(client, address):
    assert client.get(address).status_code == 404


def test_report_history_and_changes_are_beside_each_feed(client):
    report = client.get("/donnees/gtfs/territoire/rapport.json").json
    assert report["counts"]["error"] == 0
    assert report["groups"]
    assert all(group["words"]["title"] for group in report["groups"])
    history = client.get("/donnees/gtfs/territoire/historique.json").json
    assert history["versions"][0]["url"].endswith(".zip")
    assert history["versions"][0]["licence"] == "ODbL 1.0"
    assert client.get("/donnees/gtfs/territoire/changements.json").json["changes"] is None
    index = client.get("/donnees/index.json").json
    assert [feed["name"] for feed in index["feeds"]] == ["territoire", "trains"]


def test_every_json_is_conditional(client):
    for address in ("/donnees/index.json", "/openapi.json", "/donnees/catalogue.ttl", "/manques/acces.csv"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304), address


def test_the_page_tells_everything(client):
    page = client.get("/donnees").text
    assert "Terminée : horaires à confirmer" in page
    assert "05 65 24 22 55" in page
    assert "ODbL" in page
    feed = client.get("/donnees/offres/territoire").text
    assert "Un calendrier est terminé" in feed
    assert "Pour le voyageur" in feed
    assert client.get("/donnees/catalogue", headers={"Accept": "text/turtle"}).location.endswith("catalogue.ttl")


def test_a_feed_with_a_history_tells_what_changed(app, client, tmp_path):
    feeds = app.extensions["wired"].house().feeds.feeds
    keep(feeds, local_feed(tmp_path / "valley"))
    assert "Une seule version" in client.get("/donnees/offres/valley").text
    times = "".join(x + "\n" for x in FILES["stop_times.txt"].splitlines() if not x.startswith(("b", "s1")))
    keep(feeds, local_feed(tmp_path / "less", stop_times_txt=times))
    page = client.get("/donnees/offres/valley").text
    assert "Communes qui perdent leur desserte" in page
    assert "n&#39;est plus desservie" in page
    assert "Une commune n&#39;est plus desservie" in page, "the house's own rule says it too"
    assert client.get("/donnees/gtfs/valley/changements.json").json["words"]


def test_the_catalogue_passes_its_shapes(client, shared):
    shapes = rdflib.Graph().parse(shared / "standards/schemas/mobilitydcat-ap/shacl_shapes_v1.0.1.ttl")
    graphs = []
    for suffix, form in (("ttl", "turtle"), ("jsonld", "json-ld")):
        graph = rdflib.Graph().parse(data=client.get(f"/donnees/catalogue.{suffix}").data, format=form)
        conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes, do_owl_imports=False)
        assert conforms, text
        graphs.append(graph)
    assert len(graphs[0]) == len(graphs[1]) > 100
    distributions = set(graphs[0].subjects(rdflib.RDF.type, rdflib.DCAT.Distribution))
    assert len(distributions) > 8


def test_every_distribution_of_the_catalogue_can_be_downloaded(client):
    graph = rdflib.Graph().parse(data=client.get("/donnees/catalogue.ttl").data, format="turtle")
    addresses = [str(url) for url in graph.objects(None, rdflib.DCAT.downloadURL)]
    assert addresses
    for url in addresses:
        assert client.get(url.split(":8000")[-1]).status_code == 200, url


def test_the_bus_goes_out_as_services(client, shared):
    document = client.get("/donnees/bus/data-inclusion.json").json
    schemas = shared / "standards/schemas/data-inclusion-v1"
    for name, items in (("service", document["services"]), ("structure", document["structures"])):
        schema = json.loads((schemas / f"{name}.json").read_text(encoding="utf-8"))
        checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        assert [error.message for item in items for error in checker.iter_errors(item)] == []
    assert len(document["services"]) > 5
    first = document["services"][0]
    assert first["structure_id"] == document["structures"][0]["id"]
    assert 200 <= len(first["description"]) <= 2000
    assert not first["nom"].endswith(".")
    assert "horaires_accueil" in first
    hours = re.compile(r"(week 0[12]-5[23]/2 )?(Mo|Tu|We|Th|Fr) \d\d:\d\d-\d\d:\d\d")
    for service in document["services"]:
        assert all(hours.fullmatch(part) for part in service["horaires_accueil"].split("; "))


def test_hours_by_even_weeks_are_told_only_of_a_calendar_that_follows_them(client):
    client.post("/dates", data={**UNSET, "policy": "alternate"})
    services = client.get("/donnees/bus/data-inclusion.json").json["services"]
    assert {service["horaires_accueil"] for service in services} == {None}


def test_the_openapi_document_is_valid_and_true(client):
    document = client.get("/openapi.json").json
    validate_openapi(document)
    asked = {
        "name": "territoire", "version": "current", "insee": "46044", "stop": "46044", "zoom": "9", "column": "257",
        "row": "184",
    }  # fmt: skip
    nothing_yet = {"{insee}": "no agenda where the bus does not stop", "/solidaire/": "no drivers on regular trips"}
    for path, methods in document["paths"].items():
        if path.startswith("/api/telephone"):
            continue
        address = re.sub(r"{(\w+)}", lambda part: asked[part[1]], path)
        answer = client.get(address)
        assert answer.status_code in {200, 404}, address
        if answer.status_code == 404:
            assert any(part in path for part in nothing_yet), address
            continue
        told = next(iter(methods["get"]["responses"]["200"]["content"]))
        assert answer.content_type.split(";")[0] == told, address


def test_on_demand_services_go_out_with_and_without_hours(client):
    services = client.get("/donnees/a-la-demande.json").json["services"]
    lalbenque = next(s for s in services if s["id"] == "lalbenque-limogne-tad")
    assert not lalbenque["hours_known"]
    assert "46013" in lalbenque["communes"]


def test_gaps_in_every_form(client):
    page = client.get("/manques").text
    assert "avec le bus des services publics" in page
    table = client.get("/manques/acces.csv").text.splitlines()
    assert table[0].startswith("place,name,commune,epci,people,need,layer,class")
    features = json.loads(client.get("/manques/acces.geojson").text)["features"]
    assert len(features) > 63
    assert features[0]["properties"]["counter_class"] in {"none", "rare", "some", "daily", "near"}
    import geopandas

    frame = geopandas.read_parquet(io.BytesIO(client.get("/manques/acces.parquet").data))
    assert len(frame) == len(features)
    assert frame.crs.to_epsg() == 4326
    assert "aucune" in page, "villages get no Swiss class"
    assert client.get("/manques/methode").status_code == 200
    assert client.get("/manques/carte?besoin=food&couche=walking").status_code == 200


def test_the_bus_that_comes_counts_half_a_day_or_more(client):
    rows = client.get("/manques/acces.csv").text.splitlines()
    lines, bus = (
        {row.split(",")[0]: float(row.split(",")[8]) for row in rows if f",counter,{layer}," in row}
        for layer in ("lines", "bus")
    )
    gained = {place: bus[place] - lines[place] for place in bus if bus[place] != lines[place]}
    assert gained
    assert set(gained.values()) <= {0.5, 1.0, 1.5, 2.0}


def test_a_visitor_of_november_sees_the_right_day(client):
    assert NOW.date() == date(2026, 11, 30)
    assert "lundi 30 novembre 2026" in client.get("/donnees/offres/territoire").text


def test_a_feed_whose_file_was_taken_away_does_not_break_the_site(app, client, tmp_path):
    feeds = app.extensions["wired"].house().feeds.feeds
    version, _ = keep_feed(local_feed(tmp_path / "valley"), feeds.folder("valley"))
    assert client.get("/donnees/offres/valley").status_code == 200
    (feeds.folder("valley").path / version.file).unlink()
    assert [feed.name for feed in feeds.all()] == ["trains"]
    assert client.get("/communes/46044").status_code == 200
    assert client.get("/aller?de=Cahors&vers=Gourdon&jour=2026-12-01").status_code == 200


INSIDE = {"/travaux/{job_id}.json", "/metrics"}
"""Asked by our own pages and by this machine alone."""


@pytest.mark.prove
def test_the_document_holds_every_address_that_programs_may_call(app, client):
    told = {
        (path, method.upper()) for path, item in client.get("/openapi.json").json["paths"].items() for method in item
    }
    rules = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    programs = {
        (path, method) for path, method in rules
        if re.search(r"^/api/|^/health|^/ready|[.](json|zip|mvt|atom)$", path) and path not in INSIDE
    }  # fmt: skip
    assert programs - told == {("/openapi.json", "GET")}
    assert len(programs) >= 15


def test_no_address_of_the_document_breaks_whatever_it_is_asked(state):
    """Every operation fuzzed from our own document: never a fault of the server."""
    import schemathesis
    from hypothesis import HealthCheck, given, settings
    from schemathesis.checks import not_a_server_error

    app = create_app(Settings(territory=default_territory(), state=state, inbound_secret="secret"), clock=lambda: NOW)
    with app.test_client() as client:
        document = client.get("/openapi.json").json
    provider = {"Authorization": "Basic " + b64encode(b"provider:secret").decode()}
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()

        @settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def stands(case):
            response = case.call(base_url="http://localhost", app=app, headers=provider)
            case.validate_response(response, checks=[not_a_server_error])

        stands()
