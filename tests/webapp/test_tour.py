"""The guided tour, as each kind of visitor sees it."""

import re

from desks.rides.example import has_example

OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}


def test_the_public_is_shown_what_is_public(client):
    page = client.get("/visite", environ_base=OUTSIDE).get_data(as_text=True)
    assert "Aider quelqu&#39;un à se déplacer" in page
    assert "Répondre au téléphone" not in page
    assert "Charger l'exemple" not in page
    assert client.post("/bureau/exemple", environ_base=OUTSIDE).status_code == 403
    stages = re.findall(r'<li><a href="([^"]+)"><strong>', page)
    assert len(stages) == 6
    for where in stages:
        assert client.get(where.replace("&amp;", "&"), environ_base=OUTSIDE).status_code == 200


def test_the_example_comes_once_and_goes(app, client):
    desk = app.extensions["wired"].house().rides
    for _ in range(2):
        assert client.post("/bureau/exemple", data={"acte": "charger"}).status_code == 303
    page = client.get("/visite").get_data(as_text=True)
    assert "Retirer l'exemple" in page
    known = client.post("/bureau/telephone", data={"telephone": "06 39 10 05 01"}).get_data(as_text=True)
    assert "Passager d&#39;exemple" in known
    client.post("/bureau/exemple", data={"acte": "retirer"})
    assert not has_example(desk)


def test_a_site_without_a_calendar_has_a_tour_too(settings):
    from webapp.app import create_app

    fresh = create_app(settings).test_client()
    assert "Visite guidée" in fresh.get("/visite").get_data(as_text=True)
