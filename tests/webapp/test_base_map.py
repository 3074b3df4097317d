"""The base map on the site: its tiles, and whose they are."""

from desks.settings import Settings, default_territory
from tests.maps.test_vector_tiles import at
from webapp.app import create_app


def test_the_site_serves_them_light_and_for_long(client):
    zoom, column, row = at(10, 1.44, 44.45)
    answer = client.get(f"/tuiles/{zoom}/{column}/{row}.mvt")
    assert answer.status_code == 200
    assert len(answer.data) < 30_000
    assert "max-age" in answer.headers["Cache-Control"]
    again = client.get(f"/tuiles/{zoom}/{column}/{row}.mvt", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/tuiles/2/0/0.mvt").status_code == 404
    assert client.get("/tuiles/10/99999/0.mvt").status_code == 404


def test_no_page_calls_another_host_unless_an_administrator_says_so(client, state):
    assert "geopf" not in client.get("/cartes/calendrier").get_data(as_text=True)
    settings = Settings(territory=default_territory(), state=state, base_map="ign")
    answer = create_app(settings).test_client().get("/cartes/calendrier")
    assert "https://data.geopf.fr/wmts" in answer.get_data(as_text=True)
    assert "img-src 'self' data: https://data.geopf.fr" in answer.headers["Content-Security-Policy"]
