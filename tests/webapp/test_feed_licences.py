"""A feed whose licence nobody gave is searched here, and does not go out until somebody tells it."""

import json
import os

import rdflib
from click.testing import CliRunner

from cli.main import mobility
from data.downloads import keep_copy
from desks.transport.feeds import Feeds, keep_feed
from desks.transport.publication import MERGED, ON_DEMAND
from gtfs.feed_files import zip_bytes
from gtfs.feed_tables import read_feed_tables
from mobility.licences import ODBL, OPEN_2
from tests.desks.test_publication import TODAY, local_feed, publish
from tests.gtfs.small_feed import write_feed
from tests.gtfs.test_flexible import FLEX


def van_feed(folder):
    """A feed with a van that comes when it is booked."""
    path = write_feed(folder, frequencies_txt=None)
    for name, content in FLEX.items():
        (path / name).write_text(content, encoding="utf-8")
    return path


def routes(publication, name):
    published = publication.feed(name)
    return set(read_feed_tables(published.path(published.find("current", TODAY)))["routes.txt"]["route_id"])


def test_it_is_neither_published_nor_merged_until_its_licence_is_told(feeds, publication, tmp_path):
    keep_feed(local_feed(tmp_path / "valley"), feeds.folder("valley"))
    publish(publication)
    assert "valley" in [feed.name for feed in feeds.all()], "it is searched all the same"
    assert publication.names() == [MERGED, "trains"]
    assert routes(publication, MERGED) == {"trains:ter"}
    feeds.tell_credit("valley", producer="Régie de la vallée", licence=OPEN_2)
    publish(publication)
    assert publication.names() == [MERGED, "trains", "valley"]
    assert {"trains:ter", "valley:bus"} <= routes(publication, MERGED)
    out = publication.feed("valley").find("current", TODAY)
    assert (out.licence, out.attribution) == ("Licence Ouverte 2.0", "Régie de la vallée")
    merge = publication.feed(MERGED)
    credits_ = read_feed_tables(merge.path(merge.find("current", TODAY))).source.files["attributions.txt"].decode()
    assert "Régie de la vallée (Licence Ouverte 2.0)" in credits_
    assert "SNCF Voyageurs (ODbL 1.0)" in credits_


def test_its_on_demand_services_do_not_go_out_either(feeds, publication, tmp_path):
    keep_feed(van_feed(tmp_path / "van"), feeds.folder("van"))
    assert [s for s in feeds.on_demand() if s.id.startswith("van:")]
    publish(publication)
    assert ON_DEMAND not in publication.names()
    feeds.tell_credit("van", licence=OPEN_2)
    publish(publication)
    assert any(route.startswith("van:") for route in routes(publication, ON_DEMAND))


def test_what_an_older_program_let_out_is_taken_back(feeds, publication, tmp_path):
    """Sources without a licence, and what was made of them, stay out of the histories too."""
    keep_feed(local_feed(tmp_path / "valley"), feeds.folder("valley"))
    keep_feed(van_feed(tmp_path / "van"), feeds.folder("van"))
    for name in ("valley", "van"):
        feeds.tell_credit(name, licence=OPEN_2)
    publish(publication)
    for name in ("valley", "van"):
        (feeds.folder(name).path / "credit.json").unlink()
        index = publication.feed(name).folder / "versions.json"
        index.write_text(json.dumps([{**v, "licence": ""} for v in json.loads(index.read_text(encoding="utf-8"))]))
    merge = publication.feed(MERGED)
    files = dict(read_feed_tables(merge.path(merge.versions()[-1])).source.files)
    files["attributions.txt"] = files["attributions.txt"].replace(b" (Licence Ouverte 2.0)", b"")
    now = merge.versions()[-1]
    merge.path(now).write_bytes(zip_bytes(files))
    publish(publication)
    assert publication.names() == [MERGED, "trains"]
    assert now.id not in [version.id for version in merge.versions()]
    assert not merge.path(now).exists()
    assert routes(publication, MERGED) == {"trains:ter"}
    feeds.tell_credit("valley", licence=OPEN_2)
    publish(publication)
    assert [version.licence for version in publication.feed("valley").versions()] == ["Licence Ouverte 2.0"]


def test_the_site_uses_it_says_what_to_do_and_sends_nothing(app, client, tmp_path):
    feeds = app.extensions["wired"].house().feeds.feeds
    keep_feed(local_feed(tmp_path / "valley"), feeds.folder("valley"))
    keep_feed(van_feed(tmp_path / "van"), feeds.folder("van"))
    for address in ("/donnees", "/donnees/offres/valley"):
        page = client.get(address).text
        assert "licence non précisée" in page
        assert "mobility gtfs licence valley LICENCE --producer" in page
        assert "<code>lov2</code> (Licence Ouverte 2.0)" in page
    for address in ("gtfs/valley/current.zip", "gtfs/valley/rapport.json", "gtfs/valley/historique.json",
                    "offres/valley/carte"):  # fmt: skip
        assert client.get(f"/donnees/{address}").status_code == 404, address
    for address in ("/donnees/index.json", "/donnees/a-la-demande.json", "/donnees/changements.atom"):
        assert not {"valley", "van"} & set(client.get(address).text.replace(":", '"').split('"')), address
    assert "licence non précisée" in client.get("/aller?de=Cahors&vers=Gourdon&jour=2026-12-01").text
    graph = rdflib.Graph().parse(data=client.get("/donnees/catalogue.ttl").data, format="turtle")
    assert not [url for url in graph.objects(None, rdflib.DCAT.downloadURL) if "valley" in url or "van" in url]
    feeds.tell_credit("valley", producer="Régie de la vallée", licence=OPEN_2)
    assert client.get("/donnees/gtfs/valley/current.zip").status_code == 200
    assert "mobility gtfs licence valley" not in client.get("/donnees").text
    graph = rdflib.Graph().parse(data=client.get("/donnees/catalogue.ttl").data, format="turtle")
    assert [url for url in graph.objects(None, rdflib.DCAT.downloadURL) if "valley" in url]


def test_the_command_line_takes_producer_and_licence(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    folder = local_feed(tmp_path / "valley")

    def run(*arguments):
        return CliRunner().invoke(mobility, ["gtfs", *map(str, arguments)])

    refused = run("import", "valley", folder, "--licence", "mine")
    assert refused.exit_code == 3
    assert "lov2 (Licence Ouverte 2.0)" in refused.stderr
    assert "odbl (ODbL 1.0)" in refused.stderr
    assert not (tmp_path / "state" / "feeds" / "valley").exists()
    alone = run("import", "valley", folder)
    assert "mobility gtfs licence valley LICENCE" in alone.stdout
    assert json.loads(run("list", "--json").stdout)["valley"]["licence"] is None
    assert "valley: no licence is known" in run("publish").stdout
    again = json.loads(
        run("import", "valley", folder, "--producer", "Régie de la vallée", "--licence", "lov2", "--json").stdout
    )
    assert (again["new"], again["producer"], again["licence"]) == (False, "Régie de la vallée", "Licence Ouverte 2.0")
    assert run("licence", "valley", "odbl").exit_code == 0
    told = json.loads(run("list", "--json").stdout)["valley"]
    assert (told["producer"], told["licence"]) == ("Régie de la vallée", "ODbL 1.0")
    assert run("licence", "nowhere", "odbl").exit_code == 3
    published = json.loads(run("publish", "--json").stdout)
    assert published["valley"]["versions"][-1]["licence"] == "ODbL 1.0"


def test_a_licence_that_no_rule_here_knows_is_not_taken_for_an_open_one(feeds, publication, monkeypatch, tmp_path):
    """The access point names others than those that may be joined: none of them is given away as another."""
    keep_feed(local_feed(tmp_path / "valley"), feeds.folder("valley"))
    monkeypatch.setattr(Feeds, "_credit_of_source", lambda *_: ("Autorité", "", "mobility-licence"))
    publish(publication)
    assert publication.names() == []


def archive(folder, name):
    """Write a valley of its own as a zip."""
    path = folder / f"{name}.zip"
    content = {file.name: file.read_bytes() for file in local_feed(folder / name).iterdir()}
    path.write_bytes(zip_bytes(content | {"name.txt": name.encode()}))
    return path


def out(publication):
    if "valley" not in publication.names():
        return []
    return [(v.sha256, v.attribution, v.licence) for v in publication.feed("valley").versions()]


def test_no_version_goes_out_under_the_licence_of_another(feeds, publication, tmp_path):
    folder = feeds.folder("valley")
    a, _ = keep_feed(archive(tmp_path, "a"), folder)
    b, _ = keep_feed(archive(tmp_path, "b"), folder)
    feeds.tell_credit("valley", producer="Régie B", licence=OPEN_2, version=b)
    publish(publication)
    told_b = (b.sha256, "Régie B", "Licence Ouverte 2.0")
    assert out(publication) == [told_b]
    keep_feed(tmp_path / "a.zip", folder)
    assert feeds.licence("valley") is None, "what was told of B is not told of A"
    publish(publication)
    assert out(publication) == [told_b]
    feeds.tell_credit("valley", producer="Régie A", licence=ODBL, version=a)
    publish(publication)
    assert out(publication) == [told_b, (a.sha256, "Régie A", "ODbL 1.0")]
    feeds.take_licence_back("valley")
    publish(publication)
    assert out(publication) == []
    assert not list(publication.root.glob("valley/*.zip"))
    assert routes(publication, MERGED) == {"trains:ter"}
    assert len(publication.feed(MERGED).versions()) == 1, "merges that held it are taken back"


def test_what_was_told_goes_on_only_along_one_web_address(feeds, tmp_path):
    folder = feeds.folder("valley")
    for name, url in (("a", "https://a.example/f.zip"), ("b", "https://a.example/f.zip"), ("c", "https://c.example/")):
        keep_copy(archive(tmp_path, name), folder, url=url)
        if name == "a":
            feeds.tell_credit("valley", producer="Régie A", licence=OPEN_2)
        assert (feeds.licence("valley") == OPEN_2) == (name != "c")


def test_one_credit_of_an_older_program_is_that_of_the_versions_kept_then(feeds, publication, tmp_path):
    folder = feeds.folder("valley")
    a, _ = keep_feed(archive(tmp_path, "a"), folder)
    index = folder.path / "versions.json"
    credit = folder.path / "credit.json"
    credit.write_text(json.dumps({"producer": "Régie A", "licence": "lov2"}), encoding="utf-8")
    assert feeds.licence("valley") == OPEN_2
    index.write_text(index.read_text().replace(a.fetched, "2026-01-01T08:00:00+00:00"))
    os.utime(credit, (1767340800, 1767340800))
    keep_feed(archive(tmp_path, "b"), folder)
    assert feeds.licence("valley") is None
    publish(publication)
    assert out(publication) == [(a.sha256, "Régie A", "Licence Ouverte 2.0")]


def test_the_command_line_takes_a_licence_back(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))

    def run(*arguments):
        return CliRunner().invoke(mobility, ["gtfs", *map(str, arguments)])

    run("import", "valley", archive(tmp_path, "a"))
    run("import", "valley", archive(tmp_path, "b"), "--licence", "lov2", "--producer", "Régie B")
    published = json.loads(run("publish", "--json").stdout)["valley"]["versions"]
    assert [version["attribution"] for version in published] == ["Régie B"]
    assert "no licence is known" in run("licence", "valley", "none").stdout
    assert "valley" not in json.loads(run("publish", "--json").stdout)
