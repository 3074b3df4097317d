"""The page of people: found, put right, consents given and taken back, erased after one more word."""

import json
import re

import pytest

from data.consents import consented, consents_of, give_consents
from data.journal import journal_of
from data.people import add_person, find_person, read_contact, remembered_wishes, set_wishes
from data.ride_records import active_offers
from mobility.consent import MEMORY_CONSENT, MESSAGE_CONSENT, PAPER, Consent
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from tests.conftest import NOW
from tests.fixtures_rides import People
from tests.webapp.same_names import same_names


@pytest.fixture
def store(app):
    return app.extensions["wired"].house().store


@pytest.fixture
def someone(store):
    told = Newcomer(
        Person("", RIDER, "Passagère de Lherm", "46171"), Contact("Hélène Vaysse", "0565000000"),
        (Consent(MEMORY_CONSENT), Consent(MESSAGE_CONSENT)),
    )  # fmt: skip
    with store.writing() as tx:
        made = add_person(tx, told, now=NOW, by="test").id
        set_wishes(tx, made, {"wheelchair"}, now=NOW)
    return made


def act(client, person, **form):
    return client.post(f"/bureau/personnes/{person}", data=form)


def test_someone_is_found_by_sound_and_opened(client, someone):
    page = client.post("/bureau/chercher", data={"q": "vaisse elene"})
    assert "Passager, Lherm, 05 65 00 00 00, nom ou numéro proche" in page.text.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert f"/bureau/personnes/{someone}" in page.text
    assert "nom ou numéro proche" not in client.post("/bureau/chercher", data={"q": "vaysse helene"}).text
    assert "Rien à ce nom" in client.post("/bureau/chercher", data={"q": "zzzzzz"}).text
    opened = client.get(f"/bureau/personnes/{someone}").text
    assert "Hélène Vaysse" in opened
    assert "Fauteuil pliant" in opened
    assert client.get("/bureau/personnes/unknown").status_code == 404


@pytest.mark.parametrize("address", ["/bureau/personnes", "/bureau/personnes?voir=conducteurs", "/bureau/chercher"])
def test_a_page_has_one_box_to_search_in(client, address):
    page = client.get(address).text
    assert page.count('type="search"') == 1
    assert page.count('name="q"') == 1


def test_the_box_keeps_what_was_looked_for(client):
    page = client.post("/bureau/chercher", data={"q": "zzzzzz"}).text
    assert re.search(r'<input id="chercher"[^>]* value="zzzzzz">', page)


def test_consents_are_shown_given_and_taken_back_on_screen(client, store, someone):
    told = {"quoi": "contact", "qui": "", "jusqua": "2026-12-31", "comment": "paper"}
    assert act(client, someone, acte="accord", **told).status_code == 303
    page = client.get(f"/bureau/personnes/{someone}").text.replace("&#39;", "'")
    assert "jusqu'au" in page
    assert "donné le lundi 30 novembre, sur papier" in page
    with store.reading() as tx:
        kept = {consent.what: consent for consent in consents_of(tx, someone)}
    assert (kept["contact"].how, kept["contact"].until.isoformat()) == (PAPER, "2026-12-31")
    for what in (MEMORY_CONSENT, MESSAGE_CONSENT):
        assert act(client, someone, acte="reprendre", accord=kept[what].id).status_code == 303
    with store.reading() as tx:
        assert not consented(tx, someone, MESSAGE_CONSENT, now=NOW)
        assert remembered_wishes(tx, someone, now=NOW) == frozenset()
    assert "retiré" in client.get(f"/bureau/personnes/{someone}").text
    assert act(client, someone, acte="accord", quoi="contact", jusqua="2020-01-01").status_code == 400
    assert act(client, someone, acte="accord", quoi="everything").status_code == 400
    # The form offers the structures that may use it: another is none that anybody agreed to.
    assert act(client, someone, acte="accord", quoi="contact", qui="Another structure").status_code == 400
    with store.reading() as tx:
        assert {consent.whom for consent in consents_of(tx, someone)} == {""}


@pytest.mark.parametrize(
    ("what", "name", "typed"),
    [
        ("corriger", "telephone", "12"), ("corriger", "mail", "helene@"), ("corriger", "commune", "75056"),
        ("accord", "jusqua", "2020-01-01"), ("accord", "jusqua", "demain"), ("accord", "quoi", "everything"),
    ],
)  # fmt: skip
def test_a_fault_of_a_file_stands_beside_its_field_and_what_was_typed_stays(client, someone, what, name, typed):
    told = {"adresse": "Le Bourg"} if what == "corriger" else {"quoi": "contact", "comment": "paper"}
    answer = act(client, someone, **{"acte": what, **told, name: typed})
    assert answer.status_code == 400
    assert re.findall('id="([^"]*)-erreur" role="alert">[^<]+', answer.text) == [name]
    assert re.search(f'<(input|select) id="{name}" [^>]*aria-describedby="{name}-erreur"', answer.text)
    assert ('value="Le Bourg"' in answer.text) == (what == "corriger")
    assert ('<option value="paper" selected>' in answer.text) == (what == "accord")


def test_an_act_on_a_person_is_confirmed_once(client, someone):
    told = {"acte": "corriger", "commune": "46044"}
    page = client.post(f"/bureau/personnes/{someone}", data=told, follow_redirects=True).text
    assert '<p class="ok" role="status">La fiche est corrigée.</p>' in page
    page = client.post(f"/bureau/personnes/{someone}", data={"acte": "effacer"}, follow_redirects=True).text
    assert '<p class="ok" role="status">La personne est effacée.</p>' in page
    assert "est effacée" not in client.get("/bureau/personnes").text


def test_the_commune_is_put_right_and_who_is_called_after_it_is_renamed(client, store, someone):
    assert '<option value="46171" selected>Lherm</option>' in client.get(f"/bureau/personnes/{someone}").text
    assert act(client, someone, acte="corriger", commune="46044").status_code == 303
    with store.reading() as tx:
        known = find_person(tx, someone)
        assert read_contact(tx, someone).name == "Hélène Vaysse"
        assert journal_of(tx, [someone])[0]["why"] == "alias commune"
    assert (known.commune, known.alias) == ("46044", "Passagère de Caillac")
    assert act(client, someone, acte="corriger", commune="75056").status_code == 400
    assert act(client, someone, acte="corriger", commune="").status_code == 303
    with store.reading() as tx:
        assert find_person(tx, someone).commune == ""


def test_what_is_wrong_is_put_right_and_the_household_is_named(client, store, someone):
    told = {"nom": "Hélène Lacaze", "telephone": "05 65 00 00 01", "mail": "", "adresse": ""}
    assert act(client, someone, acte="corriger", **told).status_code == 303
    with store.writing() as tx:
        assert read_contact(tx, someone).telephone == "0565000001"
        other = Newcomer(Person("", RIDER, "Passager"), Contact("Paul Lacaze", "0565000001"))
        add_person(tx, other, now=NOW, by="test")
    assert "Paul Lacaze" in client.get(f"/bureau/personnes/{someone}").text
    refused = act(client, someone, acte="corriger", **{**told, "mail": "helene@"})
    assert refused.status_code == 400
    assert act(client, someone, acte="other").status_code == 400


def form_of(client, person):
    """What the form of a person's file says as it stands on their page."""
    page = client.get(f"/bureau/personnes/{person}").text
    fields = ("vu", "nom", "telephone", "mail", "adresse")
    told = {field: re.search(rf'name="{field}"[^>]* value="([^"]*)"', page)[1] for field in fields}
    return {**told, "commune": "46171"}


def test_who_corrects_an_older_page_is_told_and_loses_nothing(client, store, someone):
    older = form_of(client, someone)
    assert act(client, someone, acte="corriger", **{**older, "telephone": "06 39 98 00 01"}).status_code == 303
    written = {**older, "adresse": "12 rue Haute"}
    refused = act(client, someone, acte="corriger", **written)
    assert refused.status_code == 400
    assert "Quelqu&#39;un d&#39;autre vient de changer cette fiche." in refused.text
    assert 'value="12 rue Haute"' in refused.text
    assert re.search(r'name="telephone"[^>]* value="06.39.98.00.01"', refused.text), "the newer number is shown"
    with store.reading() as tx:
        assert read_contact(tx, someone) == Contact("Hélène Vaysse", "0639980001")
    again = {**form_of(client, someone), "adresse": "12 rue Haute"}
    for _ in range(2):
        assert act(client, someone, acte="corriger", **again).status_code == 303, "sent twice, it is done once"
    with store.reading() as tx:
        assert read_contact(tx, someone) == Contact("Hélène Vaysse", "0639980001", "", "12 rue Haute")


def test_what_was_typed_stays_where_something_of_it_was_wrong(client, someone):
    told = {**form_of(client, someone), "nom": "Hélène Lacaze", "mail": "helene@"}
    refused = act(client, someone, acte="corriger", **told).text
    assert 'value="Hélène Lacaze"' in refused
    assert 'value="helene@"' in refused
    assert f'name="vu" value="{told["vu"]}"' in refused


def test_a_copy_is_handed_over_and_erasing_asks_once_more(client, store, someone):
    copy = client.post(f"/bureau/personnes/{someone}/copie")
    assert copy.status_code == 200, copy.text
    assert json.loads(copy.data)["contacts"][0]["name"] == "Hélène Vaysse"
    assert "attachment" in copy.headers["Content-Disposition"]
    printed = client.post(f"/bureau/personnes/{someone}/copie", data={"forme": "pdf"})
    assert printed.mimetype == "application/pdf"
    assert printed.data.startswith(b"%PDF")
    assert "Effacer pour de bon" in client.get(f"/bureau/personnes/{someone}/effacer").text
    assert act(client, someone, acte="effacer").status_code == 303
    assert client.get(f"/bureau/personnes/{someone}").status_code == 404


OFFER = {"de": "Lherm", "debut": "08:00", "fin": "12:00", "jour-1": "on", "places": "2", "rayon": "60"}


def test_a_driver_is_added_among_people_and_their_offers_in_their_file(client, store, someone):
    told = {**OFFER, "acte": "offre", "nom": "Paul Lacaze", "telephone": "0565000009"}
    assert client.post("/bureau/personnes", data={**told, "nom": ""}).status_code == 400
    where = client.post("/bureau/personnes", data=told).headers["Location"]
    page = client.get(where).text
    assert "Paul Lacaze" in page
    assert page.count(">Retirer l'offre<") == 1
    driver = where.rpartition("/")[2]
    assert act(client, driver, acte="offre", **{**OFFER, "fin": "07:00"}).status_code == 400
    over = act(client, driver, acte="offre", **{**OFFER, "vers": "Cahors", "jour": "2026-11-02"})
    assert (over.status_code, 'id="jour-erreur"' in over.text) == (400, True)
    assert act(client, driver, acte="offre", **{**OFFER, "vers": "Cahors", "jour": "2026-12-08"}).status_code == 303
    with store.reading() as tx:
        mine = [offer for offer in active_offers(tx) if offer.driver == driver]
    assert sorted(offer.kind for offer in mine) == ["once", "volunteer"]
    listed = client.get("/bureau/personnes?voir=conducteurs").text
    assert "1 conducteur<" in listed
    assert listed.count(f'href="{where}"') == 2
    assert act(client, someone, acte="retirer", offre=mine[0].id).status_code == 400, "an offer of another's"
    for offer in mine:
        assert act(client, driver, acte="retirer", offre=offer.id).status_code == 303
    assert "Rien pour le moment" in client.get("/bureau/personnes?voir=conducteurs").text


def test_who_looked_for_a_person_stands_in_the_journal(client, store, someone):
    client.post("/bureau/chercher", data={"q": "0565000000"})
    with store.reading() as tx:
        assert [line["act"] for line in journal_of(tx, [someone])] == ["contact-seen"]


def test_two_files_become_one_and_two_again(client, store, someone):
    with store.writing() as tx:
        told = Newcomer(Person("", DRIVER, "Conductrice", "46171"), Contact("Vaisse Helene", "0565000000", "h@e.fr"))
        double = add_person(tx, told, now=NOW, by="test").id
    assert "même numéro, même nom" in client.get(f"/bureau/personnes/{someone}").text
    asked = client.get(f"/bureau/personnes/{someone}/reunir?avec={double}").text
    assert "Est-ce la même personne" in asked
    assert "Vaisse Helene" in asked
    assert "ne sera plus connu" not in asked, "the number is the same, and the mail is taken over"
    assert client.get(f"/bureau/personnes/{someone}/reunir?avec=unknown").status_code == 404
    assert act(client, someone, acte="reunir", autre=someone).status_code == 400
    assert act(client, someone, acte="reunir", autre=double).status_code == 303
    page = client.get(f"/bureau/personnes/{someone}").text
    assert "h@e.fr" in page
    assert client.get(f"/bureau/personnes/{double}").headers["Location"] == f"/bureau/personnes/{someone}"
    (merge,) = re.findall(r'name="reunion" value="(\w+)"', page)
    assert act(client, someone, acte="defaire", reunion="unknown").status_code == 400
    assert act(client, someone, acte="defaire", reunion=merge).status_code == 303
    page = client.get(f"/bureau/personnes/{someone}").text
    assert "h@e.fr" not in page
    assert "Défaire" not in page
    assert "Vaisse Helene" in client.get(f"/bureau/personnes/{double}").text
    journal = client.get("/comptes/journal/").text
    assert "a réuni deux fiches" in journal
    assert "a défait la réunion" in journal


def test_a_number_that_would_be_lost_is_told(client, store, someone):
    with store.writing() as tx:
        told = Newcomer(Person("", RIDER, "Passagère", "46171"), Contact("Vaysse Hélène", "0639980001"))
        double = add_person(tx, told, now=NOW, by="test").id
    asked = client.get(f"/bureau/personnes/{someone}/reunir?avec={double}").text.replace("\xa0", " ")
    assert "06 39 98 00 01 ne sera plus connu" in asked


def test_agreements_and_offers_of_one_kind_are_taken_back_by_names_of_their_own(client, app):
    house = app.extensions["wired"].house()
    people = People(house.rides)
    first = people.volunteer("Lherm")
    people.volunteer("Lherm", 9, 12, person=first.driver)
    agreed = [Consent(MESSAGE_CONSENT), Consent(MESSAGE_CONSENT, "Maison de Lherm"), Consent(MESSAGE_CONSENT, "Mairie")]
    with house.store.writing() as tx:
        give_consents(tx, first.driver, agreed, now=NOW, by="desk")
    page = client.get(f"/bureau/personnes/{first.driver}").text
    assert page.count("Retirer cet accord :") >= len(agreed)
    assert same_names(page) == {}
