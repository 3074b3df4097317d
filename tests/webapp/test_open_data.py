"""What goes out: addresses that last, conditional and range requests, reports, catalogue, and their standards."""

import io
import json
import re
import zipfile
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime

import gtfs_guru
import jsonschema
import pyshacl
import pytest
import rdflib
from openapi_spec_validator import validate as validate_openapi

from data.downloads import keep_copy
from desks.ground import open_ground
from desks.settings import Settings, default_territory
from desks.transport.feeds import keep_feed
from desks.transport.publication import MERGED, ON_DEMAND
from gtfs.feed_files import read_feed_files, zip_bytes
from gtfs.feed_tables import read_feed_tables
from mobility.errors import MobilityError
from mobility.licences import OPEN_2
from tests.conftest import NOW
from tests.gtfs.small_feed import FILES, write_feed
from webapp.app import create_app
from webapp.opening import open_house

TODAY = date(2026, 6, 2)
TOWN = {"44.60,1.40": "44.46,1.44", "44.50,1.40": "44.45,1.44", "44.40,1.40": "44.44,1.44",
        "44.5020,1.40": "44.452,1.44", "44.50,1.60": "44.45,1.51", "44.52,1.60": "44.46,1.51"}  # fmt: skip


def local_feed(folder, **changes):
    """The small valley, moved to Cahors."""
    stops = changes.pop("stops_txt", FILES["stops.txt"])
    for old, new in TOWN.items():
        stops = stops.replace(old, new)
    agency = FILES["agency.txt"]
    routes = FILES["routes.txt"].replace("route_type\n", "route_type,agency_id\n")
    routes = "\n".join(line + ",a" if n and line else line for n, line in enumerate(routes.split("\n")))
    return write_feed(folder, stops_txt=stops, agency_txt=agency, routes_txt=routes, **changes)


@pytest.fixture
def opened(settings):
    return open_house(settings)


@pytest.fixture
def feeds(opened):
    return opened.feeds.feeds


@pytest.fixture
def publication(opened):
    return replace(opened.publication, address="https://bus.example")


def keep(feeds, path):
    """Keep a feed of a valley whose licence is known."""
    keep_feed(path, feeds.folder("valley"))
    feeds.tell_credit("valley", producer="Régie de la vallée", licence=OPEN_2)


def publish(publication, when=TODAY):
    return publication.publish(when, datetime(when.year, when.month, when.day, 8, tzinfo=UTC))


def test_sources_go_out_byte_for_byte(feeds, publication, tmp_path):
    archive = tmp_path / "valley.zip"
    content = {name: text.encode() for name, text in FILES.items()} | {"secret.bin": b"\x00\xff"}
    archive.write_bytes(zip_bytes(content))
    keep(feeds, archive)
    publish(publication)
    published = publication.feed("valley")
    version = published.find("current", TODAY)
    assert published.path(version).read_bytes() == archive.read_bytes()


def test_the_merge_is_valid_and_holds_every_feed(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    publish(publication)
    published = publication.feed(MERGED)
    path = published.path(published.find("current", TODAY))
    assert gtfs_guru.validate(str(path), date="2026-06-02").error_count == 0
    routes = set(read_feed_tables(path)["routes.txt"]["route_id"])
    assert {"trains:ter", "valley:bus"} <= routes
    assert published.find("current", TODAY).licence == "ODbL 1.0", "the trains' licence spreads"


def test_publishing_again_changes_nothing(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    assert any(publish(publication).values())
    assert not any(publish(publication, date(2026, 6, 3)).values())


def test_the_next_version_waits_for_its_day(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "now"))
    publish(publication)
    later = FILES["calendar.txt"].replace("20260301,20261231", "20260901,20270831")
    keep(feeds, local_feed(tmp_path / "later", calendar_txt=later, calendar_dates_txt=None))
    publish(publication, date(2026, 6, 10))
    published = publication.feed("valley")
    current, coming = (published.find(which, TODAY) for which in ("current", "next"))
    assert (current.first, coming.first) == ("2026-03-01", "2026-09-01")
    assert published.find("current", date(2026, 9, 1)) == coming
    assert published.find("next", date(2026, 9, 1)) is None
    assert published.find(current.id, date(2026, 9, 1)) == current
    merge = publication.feed(MERGED)
    assert len(merge.versions()) == 2
    assert (merge.find("next", TODAY).starts, merge.find("next", date(2026, 9, 1))) == ("2026-09-01", None)
    assert merge.find("current", date(2026, 9, 1)) == merge.find("next", TODAY) != merge.find("current", TODAY)


def test_a_merge_with_errors_is_refused_and_the_last_one_stays(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    publish(publication)
    before = publication.feed(MERGED).versions()
    bad = FILES["stop_times.txt"].replace("08:20:00,08:21:00,middle", "07:20:00,07:21:00,middle")
    keep(feeds, local_feed(tmp_path / "bad", stop_times_txt=bad))
    with pytest.raises(MobilityError) as caught:
        publish(publication, date(2026, 6, 3))
    assert caught.value.code == "merge-has-errors"
    assert publication.feed(MERGED).versions() == before


def test_stops_keep_their_public_names_from_one_publication_to_the_next(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    publish(publication)
    stops = FILES["stops.txt"].replace("square,Middle", "plaza,Middle")
    times = FILES["stop_times.txt"].replace(",square,", ",plaza,")
    keep(feeds, local_feed(tmp_path / "new", stops_txt=stops, stop_times_txt=times, transfers_txt=None))
    publish(publication, date(2026, 6, 3))
    published = publication.feed(MERGED)
    tables = read_feed_tables(published.path(published.versions()[-1]))
    assert "valley:square" in set(tables["stops.txt"]["stop_id"])
    assert "valley:plaza" not in set(tables["stops.txt"]["stop_id"])


def test_a_fetched_feed_replaces_the_embedded_trains(feeds, shared):
    assert [feed.name for feed in feeds.all()] == ["trains"]
    keep_copy(shared / "data/gtfs/sncf-ter-20250122_lot-subset.zip", feeds.folder("ter"), url="x")
    assert [feed.name for feed in feeds.all()] == ["ter"]


# On the site


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


def test_the_openapi_document_is_valid_and_true(client):
    document = client.get("/openapi.json").json
    validate_openapi(document)
    asked = {"name": "territoire", "version": "current", "insee": "46044", "zoom": "9", "column": "257", "row": "184"}
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


def test_services_with_hours_go_out_as_gtfs(tmp_path):
    import shutil

    folder = shutil.copytree(open_ground(Settings(default_territory(), tmp_path / "s")).folder.path, tmp_path / "land")
    table = (folder / "on_demand.csv").read_text(encoding="utf-8")
    (folder / "on_demand.csv").write_text(
        table + "van,Navette,Communauté,Bach;Aujols,,Lalbenque,24,09:00,12:00,1,16:00,,05 65 24 22 55,,2026,x,\n",
        encoding="utf-8",
    )
    publication = replace(
        open_house(Settings(str(folder), tmp_path / "state")).publication, address="https://bus.example"
    )
    publish(publication)
    published = publication.feed(ON_DEMAND)
    path = published.path(published.find("current", TODAY))
    assert gtfs_guru.validate(str(path), date="2026-06-02").error_count == 0
    assert "booking_rules.txt" in read_feed_files(path).files


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


def test_all_sources_are_fetched_and_one_that_fails_stops_no_other(settings, monkeypatch, tmp_path):
    from data.sources import FeedSource, Source
    from tests.data.test_access_point import dataset
    from tests.data.test_downloads import Server

    servers = [Server() for _ in range(3)]
    listing, good, bad = servers
    good.content = zip_bytes({name: text.encode() for name, text in FILES.items()})
    bad.content = b"<html>not a feed</html>"
    area = [{"type": "departement", "insee": "46", "nom": "Lot"}]
    listing.content = json.dumps([
        dataset("good", area, resources=[{"format": "GTFS", "url": good.url}]),
        dataset("bad", area, resources=[{"format": "GTFS", "url": bad.url}]),
    ]).encode()  # fmt: skip
    source = Source("pan", "p", "d", "v", "l", "u", "a", feed=FeedSource(api=listing.url))
    monkeypatch.setattr("desks.transport.feeds.feed_sources", lambda _: [source])
    feeds = open_house(settings).feeds.feeds
    told = []
    found = feeds.addresses(tell=told.append)
    assert found == {"bad": bad.url, "good": good.url}
    assert feeds.fetch("good", url=good.url)[1]
    with pytest.raises(MobilityError) as caught:
        feeds.fetch("bad", url=bad.url)
    assert caught.value.code == "broken-feed"
    assert [feed.name for feed in feeds.all()] == ["trains", "good"]
    assert feeds.credit("good") == ("Autorité", "https://pan.example/datasets/good", "odc-odbl")
    listing.content, listing.etag = b"down", '"v2"'
    assert feeds.addresses(tell=told.append) == {}
    assert [error.code for error in told] == ["bad-access-point"]
    for server in servers:
        server.http.shutdown()


INSIDE = {"/travaux/{job_id}.json", "/metrics"}
"""Asked by our own pages and by this machine alone."""


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
