"""The national access point: which datasets meet the territory, asked of a local server that answers as it does."""

import json

import pytest

from data import access_point
from data.access_point import choose_offers, covered_areas, offers, read_datasets
from data.downloads import DownloadFolder
from data.sources import feed_sources
from desks.ground import open_ground
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.data.test_downloads import Server


def dataset(slug, areas, *, kind="public-transit", resources=None):
    return {
        "id": slug, "slug": slug, "title": slug.title(), "type": kind, "licence": "odc-odbl", "covered_area": areas,
        "publisher": {"name": "Autorité"}, "page_url": f"https://pan.example/datasets/{slug}",
        "resources": resources or [{
            "format": "GTFS", "url": f"https://pan.example/resources/{slug}", "is_available": True,
            "original_url": f"https://operator.example/{slug}.zip",
            "metadata": {"start_date": "2026-01-01", "end_date": "2026-12-31"},
        }],
    }  # fmt: skip


DATASETS = [
    dataset("national-coaches", [{"type": "pays", "insee": "FR", "nom": "France"}]),
    dataset("region", [{"type": "region", "insee": "76", "nom": "Occitanie"}]),
    dataset("other-region", [{"type": "region", "insee": "75", "nom": "Nouvelle-Aquitaine"}]),
    dataset("department", [{"type": "departement", "insee": "46", "nom": "Lot"}]),
    dataset("evidence", [{"type": "epci", "insee": "200023737", "nom": "CA du Grand Cahors"}]),
    dataset("old-form", {"type": "aom", "name": "x", "aom": {"name": "Nulle part", "siren": "244600532"}}),
    dataset("old-cities", {"type": "cities", "name": "y", "cities": [{"name": "Lherm", "insee": "46171"}]}),
    dataset("bikes", [{"type": "departement", "insee": "46", "nom": "Lot"}], kind="bike-scooter-sharing"),
    dataset("netex", [{"type": "departement", "insee": "46", "nom": "Lot"}],
            resources=[{"format": "NeTEx", "url": "https://pan.example/n"}]),
    dataset("gone", [{"type": "departement", "insee": "46", "nom": "Lot"}],
            resources=[{"format": "GTFS", "url": "https://pan.example/g", "is_available": False}]),
]  # fmt: skip


@pytest.fixture
def territory(settings):
    return open_ground(settings).territory


def test_datasets_whose_area_meets_the_territory_are_chosen_the_most_local_first(territory):
    found = choose_offers(DATASETS, territory, region="76")
    assert [offer.name for offer in found] == [
        "old-cities", "evidence", "old-form", "department", "region", "national-coaches",
    ]  # fmt: skip
    evidence = found[1]
    assert evidence.url == "https://operator.example/evidence.zip"
    assert (evidence.publisher, evidence.licence, evidence.last) == ("Autorité", "odc-odbl", "2026-12-31")


def test_several_resources_of_a_dataset_get_names_of_their_own(territory):
    resources = [{"format": "GTFS", "url": f"https://pan.example/{n}"} for n in (1, 2)]
    item = dataset(
        "a-very-long-name-of-a-dataset-that-goes-on-and-on", DATASETS[3]["covered_area"], resources=resources
    )
    names = [offer.name for offer in choose_offers([item], territory, region="76")]
    assert len(set(names)) == 2
    assert all(len(name) <= 41 for name in names)


def test_an_answer_that_would_fill_the_memory_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(access_point, "LARGEST_ANSWER", 100)
    (tmp_path / "answer.json").write_text("[]" + " " * 99)
    with pytest.raises(MobilityError) as refused:
        access_point.read_datasets(tmp_path / "answer.json")
    assert refused.value.code == "too-large"


@pytest.mark.parametrize("value", [None, [], {}, "France", [{"type": "galaxy"}], [3]])
def test_areas_that_say_nothing_are_no_areas(value):
    assert covered_areas(value) == ()


def test_the_access_point_is_asked_once_while_nothing_changes(territory, tmp_path):
    server = Server()
    server.content = json.dumps(DATASETS).encode()
    folder = DownloadFolder(tmp_path / "access-point", lambda: NOW)
    first = offers(server.url, folder, territory, region="76", inner=("127.0.0.1",))
    again = offers(server.url, folder, territory, region="76", inner=("127.0.0.1",))
    server.http.shutdown()
    assert first == again
    assert "If-None-Match" in server.requests[1]


@pytest.mark.parametrize("content", [b"<html>Bad gateway</html>", b'{"error": "down"}', b"[1, 2]", b"[{"])
def test_an_answer_that_is_no_list_of_datasets_never_replaces_a_good_one(territory, tmp_path, content):
    server = Server()
    server.content = json.dumps(DATASETS).encode()
    folder = DownloadFolder(tmp_path / "access-point", lambda: NOW)
    offers(server.url, folder, territory, region="76", inner=("127.0.0.1",))
    server.content, server.etag = content, '"v2"'
    with pytest.raises(MobilityError) as caught:
        offers(server.url, folder, territory, region="76", inner=("127.0.0.1",))
    server.http.shutdown()
    assert caught.value.code == "bad-access-point"
    assert len(read_datasets(folder.current())) == len(DATASETS)


def test_sources_of_feeds_are_known_for_the_territory():
    feeds = {source.id: source.feed for source in feed_sources("cahors")}
    assert feeds["sncf-ter"].replaces == "trains"
    assert feeds["national-access-point"].api.startswith("https://")


@pytest.mark.parametrize("feed", ['{ name = "a" }', '{ url = "u", path = "p", name = "a" }', '{ url = "u" }',
                                  '{ name = "a", url = "u", other = 1 }'])  # fmt: skip
def test_a_source_badly_described_is_told(tmp_path, feed):
    path = tmp_path / "sources.toml"
    path.write_text(
        '[x]\nproducer = "p"\ndataset = "d"\nvintage = "v"\nlicence = "l"\nused_for = "u"\nattribution = "a"\n'
        f"feed = {feed}\n"
    )
    with pytest.raises(MobilityError) as caught:
        feed_sources("cahors", path=path)
    assert caught.value.code == "bad-feed-source"
