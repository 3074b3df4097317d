"""Two people on one landline: what one asks is never filed as the other's, and who rings is asked."""

from data.people import persons_with_telephone
from data.ride_records import requests_of

HOME = "0565000000"
ASKED = {"telephone": HOME, "de": "Lherm", "vers": "Cahors", "jour": "2026-12-01", "heure": "10:00"}


def take(client, name, **more):
    data = {**ASKED, "nom": name, "acte": "attendre", **more}
    return client.post("/bureau/telephone", data=data)


def asked_by(app):
    store = app.extensions["wired"].house().store
    with store.reading() as tx:
        return [len(requests_of(tx, person.id)) for person in persons_with_telephone(tx, HOME)]


def people(app):
    with app.extensions["wired"].house().store.reading() as tx:
        return [person.id for person in persons_with_telephone(tx, HOME)]


def test_who_rings_is_asked_where_a_number_is_several_peoples(app, client):
    assert take(client, "Hélène Vaysse").status_code == 303
    (first,) = people(app)
    page = client.post("/bureau/telephone", data={"telephone": HOME}).text
    assert "Hélène Vaysse" in page
    assert "une autre personne, au même numéro" in page
    assert take(client, "Paul Vaysse", personne="new", heure="11:00").status_code == 303
    second = next(person for person in people(app) if person != first)
    page = client.post("/bureau/telephone", data={"telephone": HOME}).text
    assert "Qui appelle" in page
    assert "Hélène Vaysse" in page
    assert "Paul Vaysse" in page
    refused = take(client, "", heure="15:00")
    assert refused.status_code == 400
    assert "demandez qui appelle" in refused.text
    assert take(client, "", heure="15:00", vers="Pradines", personne=second).status_code == 303
    with app.extensions["wired"].house().store.reading() as tx:
        assert [len(requests_of(tx, person)) for person in (first, second)] == [1, 2]


def test_what_one_asks_on_the_public_page_is_not_filed_as_the_others(app, client):
    assert take(client, "Hélène Vaysse").status_code == 303
    told = {**ASKED, "accord": "on"}
    for name in ("Paul Vaysse", "M. VAISSE Paul"):
        done = client.post("/solidaire/demande", data={**told, "nom": name, "vers": "Pradines"})
        assert done.status_code == 303
    assert sorted(asked_by(app)) == [1, 1]
