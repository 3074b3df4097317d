"""What the pages show of rides: volunteers, unmet needs, a feed from six trips on."""

from tests.conftest import NOW
from tests.desks.test_ride_openness import add_trips
from tests.fixtures_rides import People


def test_pages_show_volunteers_and_unmet_needs(app, client):
    site = app.extensions["wired"].house()
    people = People(site.rides)
    assert "demandé en vain" not in client.get("/manques").get_data(as_text=True)
    people.volunteer("Bach")
    desk = site.rides
    desk.leave_unmet(people.asks("Lherm", "Cahors").id, now=NOW, who="desk")
    page = client.get("/manques").get_data(as_text=True)
    assert "demandé en vain" in page
    assert "Conducteur bénévole" in client.get("/aller?de=Bach&vers=Cahors").get_data(as_text=True)
    assert client.get("/donnees/solidaire/gtfs.zip").status_code == 404
    add_trips(people, 3)
    assert client.get("/donnees/solidaire/gtfs.zip").data.startswith(b"PK")
    assert "solidaire/gtfs.zip" in client.get("/donnees").get_data(as_text=True)
