"""What the pages show of rides: volunteers, unmet needs of enough people, a feed from three drivers on."""

from datetime import timedelta

from desks.settings import Settings
from tests.conftest import NOW
from tests.desks.test_ride_openness import add_trips, left_unmet
from tests.fixtures_rides import People
from webapp.app import create_app


def test_pages_show_volunteers_and_unmet_needs(app, client):
    site = app.extensions["wired"].house()
    people = People(site.rides)
    people.volunteer("Bach")
    # The main job told of this month already that nobody asked.
    site.plans.remove("told-unmet-2026-11")
    left_unmet(site.rides, "Lherm", errand="food", requests=7)
    left_unmet(site.rides, "Bach", errand="food", requests=5)
    page = client.get("/manques").get_data(as_text=True)
    assert "demandé en vain" in page
    assert "Lherm (au moins 6 personnes)." in page
    assert "d'où moins de six personnes ont demandé" in page
    assert "Conducteur bénévole" in client.get("/aller?de=Bach&vers=Cahors").get_data(as_text=True)


def test_nothing_is_said_of_few_who_asked(app, client):
    site = app.extensions["wired"].house()
    site.plans.remove("told-unmet-2026-11")
    left_unmet(site.rides, "Lherm", errand="food", requests=5)
    assert "demandé en vain" not in client.get("/manques").get_data(as_text=True)
    assert "sans réponse" not in client.get("/manques/carte").get_data(as_text=True)


def test_lines_are_told_week_by_week(app, client):
    site = app.extensions["wired"].house()
    assert client.get("/donnees/solidaire/gtfs.zip").status_code == 404
    page = client.get("/solidaire").get_data(as_text=True)
    assert "Aucune commune n'a encore six trajets par semaine" in page
    add_trips(People(site.rides), 3)
    assert client.get("/donnees/solidaire/gtfs.zip").status_code == 404
    later = create_app(Settings(territory=site.settings.territory, state=site.settings.state), clock=next_week)
    try:
        monday = later.test_client()
        assert monday.get("/donnees/solidaire/gtfs.zip").data.startswith(b"PK")
        page = monday.get("/solidaire").get_data(as_text=True)
        assert "<li>Lherm</li>" in page
        assert "Lherm → Cahors" in page
        assert "Lherm : six trajets par semaine et plus" in monday.get("/solidaire/carte").get_data(as_text=True)
        assert "solidaire/gtfs.zip" in monday.get("/donnees").get_data(as_text=True)
    finally:
        later.extensions["wired"].jobs.close()


def next_week():
    return NOW + timedelta(days=7)
