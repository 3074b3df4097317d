"""The embedded territory: its rule, its sums, its names, and a second one built from open data."""

import json
import shutil

import pytest

from data.bus_files import read_reference, read_service
from data.everyday import read_services
from data.open_tables import OpenTables
from data.sources import read_sources
from data.territory_build import build_territory
from data.territory_files import TERRITORIES, find_folder, list_territories, read_links, read_stops, read_territory
from mobility.errors import MobilityError
from mobility.places import great_circle
from tests.conftest import CASES, ROOT
from tests.webapp import french_faults
from webapp.words.french import of_place


@pytest.fixture(scope="module")
def folder():
    return find_folder("cahors")


@pytest.fixture(scope="module")
def territory(folder):
    return read_territory(folder)


def test_63_communes_by_the_documented_rule(territory):
    counts = {area.name: sum(c.area == area.siren for c in territory.communes) for area in territory.areas}
    assert len(territory.communes) == 63
    assert counts["Communauté d'agglomération du Grand Cahors"] == 36
    assert sum(counts.values()) == 63
    centre = territory.by_insee["46042"].point
    outside = [c for c in territory.communes if c.area != "200023737"]
    assert max(great_circle(centre, c.point) for c in outside) < 21_500


def test_population_beside_the_press_kits(territory):
    assert territory.population == 53_777
    assert territory.stated_population == 48_000
    assert sum(s.population for s in territory.settlements) == pytest.approx(territory.population)


@pytest.mark.parametrize(
    ("name", "insee"),
    [
        ("Cours", "46156"), ("Laroque-des-Arcs", "46156"), ("laroque des arcs", "46156"), ("46077", "46156"),
        ("St-Pierre-Lafeuille", "46340"), ("Le Montat", "46197"), ("Montat", "46197"), ("Vers", "46268"),
    ],
)  # fmt: skip
def test_old_names_lead_to_todays_commune(territory, name, insee):
    assert territory.find_commune(name).insee == insee


def test_an_unknown_name_suggests_the_nearest(territory):
    with pytest.raises(MobilityError, match="did you mean Trespoux-Rassiels"):
        territory.find_commune("Trespoux-Rassieis")
    with pytest.raises(MobilityError, match="99999"):
        territory.find_commune("99999")


def test_facts_are_complete(territory, folder):
    assert all(c.carless_share is not None and c.unemployment is not None for c in territory.communes)
    assert sum(c.living_standard is None for c in territory.communes) <= 8
    drawn = {feature["properties"]["insee"] for feature in folder.contours()["features"]}
    assert drawn == set(territory.by_insee)
    kinds = {service.kind for service in territory.services}
    assert kinds == {"counter", "hospital", "station"}
    assert {s.place.name for s in territory.services_of_kind("station")} >= {
        "Gare de Cahors", "Gare de Lalbenque - Fontanes",
    }  # fmt: skip
    assert any(s.hours for s in territory.services_of_kind("counter"))
    assert all(s.source for s in territory.services)


def test_every_source_named_by_a_fact_is_described(territory):
    known = {source.id for source in read_sources()}
    assert {service.source for service in territory.services} <= known
    for source in read_sources():
        assert source.producer
        assert source.licence
        assert source.vintage


def test_stops_are_outside_poles_and_open_at_some_time(folder, territory):
    stops = read_stops(folder, territory)
    assert len({stop.id for stop in stops}) == len(stops)
    assert not {stop.commune for stop in stops} & territory.poles
    closed = {stop.id: stop.closed for stop in stops if stop.closed}
    assert closed["46340"] == {(3, "morning"), (3, "afternoon")}


def test_links_join_all_places(folder, territory):
    links = read_links(folder)
    joined = {link.start for link in links} | {link.end for link in links}
    assert {settlement.id for settlement in territory.settlements} <= joined
    assert all(link.seconds["bus"] >= link.seconds["car"] >= 0 for link in links)


def test_the_calendar_of_2018(folder, territory):
    service, stops = read_service(folder), read_stops(folder, territory)
    rows = read_reference(folder, service, territory, stops)
    assert len(rows) == 12
    assert (2, 2, "morning", "bus-1", "46032") in rows  # Boissières, even Tuesdays
    assert (1, 5, "morning", "bus-1", "46077") in rows  # Cours, odd Fridays
    assert {(s.weekday, s.name) for s in service.sessions} == {(row[1], row[2]) for row in rows}


def test_nothing_in_the_code_says_where():
    for package in ("mobility", "routing", "gtfs", "tours", "maps", "data", "webapp"):
        for path in (ROOT / package).rglob("*"):
            if path.suffix in {".py", ".html", ".js", ".css", ".typ"} and "vendor" not in path.parts:
                text = path.read_text(encoding="utf-8")
                # Examples of commands may name a place; rules may not.
                lines = [line for line in text.splitlines() if "mobility " not in line and "--" not in line]
                assert not [line for line in lines if "Cahors" in line or "46042" in line], path


def test_a_second_territory_is_built_from_open_data(shared, tmp_path):
    """The communes of Grand-Figeac, from their selection to a folder that reads back."""
    target = tmp_path / "figeac"
    shutil.copytree(CASES / "figeac", target)
    folder = find_folder(str(target))
    counts = build_territory(folder, OpenTables(shared / "data"), of_place)
    territory = read_territory(folder)
    assert counts["communes"] == len(territory.communes) == 30
    assert territory.find_commune("Figeac").insee == "46102"
    assert read_stops(folder, territory)
    assert json.loads((target / "contours.geojson").read_text())["features"]


def test_building_the_embedded_territory_again_changes_nothing(shared, tmp_path):
    target = tmp_path / "cahors"
    shutil.copytree(TERRITORIES / "cahors", target)
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    build_territory(find_folder(str(target)), OpenTables(shared / "data"), of_place)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before


def test_an_empty_selection_is_refused(shared, tmp_path):
    (tmp_path / "territory.toml").write_text('title = "x"\n[selection]\nwhole_epcis = ["0"]\n')
    with pytest.raises(MobilityError, match="holds no commune"):
        build_territory(find_folder(str(tmp_path)), OpenTables(shared / "data"), of_place)


def test_territories_at_hand():
    assert "cahors" in list_territories()
    with pytest.raises(MobilityError, match="no territory 'atlantis'"):
        find_folder("atlantis")


def test_names_of_places_are_good_french(territory, folder):
    """Pages and prints show them as they stand: "Commerces du Montat", "Gare d'Assier"."""
    services = [one.place.name for one in read_services(folder, territory)]
    assert "Commerces du Montat (1 supermarché)" in services
    rules = french_faults.elisions, french_faults.articles, french_faults.plurals
    assert not [(name, found) for name in services for rule in rules if (found := rule(name))]
