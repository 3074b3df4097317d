"""The desk's messages, act by act; the mails of accounts, by the same outbox."""

import re
import socketserver
from dataclasses import replace
from datetime import timedelta
from email import message_from_string
from html import unescape

import pytest
from sqlalchemy import select

from data.account_schema import account_links
from data.accounts import account_of_link, account_with_mail
from data.journal import journal_of
from data.outbox import messages_of, move_message, queue_message
from data.ride_matches import find_match
from data.ride_schema import metadata
from desks.accounts.opening import LINK_LIVES
from desks.outbox.carriers import SmsWebhook
from desks.outbox.following import ON_A_PAGE
from desks.outbox.sending import LEASE, send_due
from desks.rides.answers import answer_for
from desks.settings import Settings, default_territory
from mobility.accounts import ADMINISTRATOR, AGENT
from mobility.messages import FAILED, QUEUED, SHOWN, TO_CALL
from mobility.rides import CONFIRMED, PROPOSED, REFUSED
from tests.conftest import NOW
from tests.fixtures_rides import People
from tests.senders import Mail, serving
from tests.webapp.test_accounts import HERE, account, signed_in
from webapp.app import create_app

MAIL = "cheffe@example.org"


@pytest.fixture
def mails():
    with serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=0) as server:
        yield server


@pytest.fixture
def app(state, mails):
    address = f"smtp://127.0.0.1:{mails.server_address[1]}"
    settings = Settings(
        territory=default_territory(), state=state, smtp=address, sms_webhook="http://127.0.0.1:9", sms_secret="s",
        sms_per_day=2,
    )  # fmt: skip
    return create_app(settings, clock=lambda: NOW)


@pytest.fixture
def site(app):
    return app.extensions["wired"].house()


def tick(site, now=NOW):
    return send_due(site.store, site.post, now=now)


def kept(site):
    with site.store.reading() as tx:
        return messages_of(tx)


def link_in(mails):
    text = message_from_string("".join(mails.got)).get_payload(decode=True).decode()
    return re.search(r"/mot-de-passe/([\w-]+)", text)[1]


def test_a_new_password_goes_through_the_outbox_and_its_secret_is_kept_nowhere(app, site, mails):
    account(app, ADMINISTRATOR, mail=MAIL)
    client = app.test_client()
    bell = app.extensions["wired"].bell
    for mail in (MAIL, "nobody@example.org"):
        bell.clear()
        page = client.post("/mot-de-passe/oublie", data={"mail": mail}, headers=HERE)
        assert page.status_code == 200
        assert bell.is_set()
    (message,) = kept(site)
    assert (message.purpose, message.facts) == ("password", {})
    with site.store.reading() as tx:
        assert tx.execute(select(account_links)).all() == [], "no link waits: it is made when the mail goes"
    # At night too: someone waits for it.
    night = NOW.replace(hour=11, minute=30)
    assert tick(site, night)["sent"] == 1
    secret = link_in(mails)
    with site.store.reading() as tx:
        assert account_of_link(tx, secret, now=night + LINK_LIVES - timedelta(minutes=1)).mail == MAIL
        assert secret not in str(tx.execute(select(metadata.tables["outbox"])).all())
    assert 'name="encore"' in client.get(f"/mot-de-passe/{secret}", follow_redirects=True).text
    assert "To: cheffe@example.org\r\n" in mails.got


def test_an_invitation_goes_through_the_outbox(app, site, mails):
    boss = signed_in(app, account(app, ADMINISTRATOR, mail=MAIL))
    form = {"mail": "neuf@example.org", "nom": "Une agente", f"role-{AGENT}": "on"}
    page = boss.post("/comptes/", data=form, headers=HERE)
    assert page.status_code == 200
    assert "/mot-de-passe/" not in page.text
    assert [message.purpose for message in kept(site)] == ["invitation"]
    assert tick(site)["sent"] == 1
    assert "To: neuf@example.org\r\n" in mails.got
    with site.store.reading() as tx:
        made = account_with_mail(tx, "neuf@example.org").id
    mails.got.clear()
    assert boss.post(f"/comptes/{made}", data={"acte": "lien"}, headers=HERE).status_code == 200
    assert tick(site)["sent"] == 1
    boss.post(f"/comptes/{made}", data={"acte": "lien"}, headers=HERE)
    boss.post(f"/comptes/{made}", data={"acte": "fermer"}, headers=HERE)
    assert tick(site)["failed"] == 1, "whoever's account is closed gets no link"


def test_an_address_that_is_none_fails_alone_and_the_desk_says_why(app, site, mails):
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    mails.refuse = 550
    app.test_client().post("/mot-de-passe/oublie", data={"mail": MAIL}, headers=HERE)
    tick(site)
    page = unescape(agent.get("/bureau/messages").text)
    assert "Nouveau mot de passe" in page
    assert "Ce courriel n'existe pas ou n'est pas entier : corrigez-le." in page
    assert "/mot-de-passe/…" in page
    scoped = signed_in(app, account(app, AGENT, mail="un@example.org", structure="MSAP A"))
    assert "Nouveau mot de passe" not in scoped.get("/bureau/messages").text


def test_a_link_is_never_shown_where_nothing_carries_mails_any_more(app, site):
    account(app, ADMINISTRATOR, mail=MAIL)
    app.test_client().post("/mot-de-passe/oublie", data={"mail": MAIL}, headers=HERE)
    carriers = [one for one in site.post.carriers if isinstance(one, SmsWebhook)]
    send_due(site.store, replace(site.post, carriers=carriers), now=NOW)
    (message,) = kept(site)
    assert (message.state, message.trouble, message.facts) == ("failed", "no-way", {})


def waiting(site, text="Le car est supprimé."):
    people = People(site.rides)
    person = people.person("rider", "Lherm")
    facts = {"text": text, "sender": "Léa", "partner": "Ailleurs"}
    with site.store.writing() as tx:
        return queue_message(tx, person, "partner", facts, now=NOW)


def state_of(site, message):
    return next(one.state for one in kept(site) if one.id == message)


@pytest.mark.parametrize(
    ("acts", "became", "shown"),
    [
        (["appeler"], "to-call", "maintenant à dire au téléphone"),
        (["appeler", "dit"], "said", "le message est dit"),
        (["appeler", "pas-joint"], "to-call", "revient ici dans une heure"),
        (["appeler", "reessayer"], "queued", "repart à la prochaine heure permise"),
    ],
)
def test_each_act_of_the_page(app, site, acts, became, shown):
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    message = waiting(site)
    page = agent.get("/bureau/messages").text
    assert "En attente (1)" in page
    assert "pas avant" not in page
    assert "Le car est supprimé." in page
    for act in acts:
        done = agent.post("/bureau/messages", data={"acte": act, "message": message}, headers=HERE)
        assert done.status_code == 303
    page = unescape(agent.get(done.headers["Location"]).text)
    assert shown in page
    assert state_of(site, message) == became
    if acts == ["appeler"]:
        assert "À dire au téléphone (1)" in page
        assert "tel:0600000001" in page
        assert "06 00 00 00 01" in page


@pytest.fixture
def to_say(site):
    """A proposal to a driver and its rider, both to be said on the telephone, by who is told what."""
    people = People(site.rides)
    driver = people.volunteer("Labastide-Marnhac").driver
    request = people.asks("Lherm", "Cahors")
    match = site.rides.propose_best(request.id, now=NOW, who="desk")
    with site.store.writing() as tx:
        messages = {message.person: message.id for message in messages_of(tx) if message.purpose == "proposal"}
        for message in messages.values():
            move_message(tx, message, {QUEUED}, state=TO_CALL)
    return match, request, messages[driver], messages[request.rider]


def test_what_is_said_on_the_telephone_can_be_read_aloud_and_answered(app, site, to_say):
    match, _, of_driver, of_rider = to_say
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    page = unescape(agent.get("/bureau/messages").text).replace("\xa0", " ")
    assert "Pouvez-vous conduire une personne" in page
    assert re.search(
        r"Aller : départ de Lherm vers \d+ h[\d ]*, arrivée à Cahors vers .* Est-ce oui, ou non \? »", page
    )
    assert "Cela vous convient-il ? »" in page
    calls = page.partition("À dire au téléphone (2)")[2].partition("Non remis")[0]
    assert not re.search(r"https?://|/t/|d'un geste|Une question", calls)
    assert "C'est dit" not in calls
    for message, act in ((of_driver, "oui"), (of_rider, "oui")):
        done = agent.post("/bureau/messages", data={"acte": act, "message": message}, headers=HERE)
        assert done.status_code == 303
    assert "C'est noté : la réponse est oui." in unescape(agent.get(done.headers["Location"]).text)
    with site.store.reading() as tx:
        assert find_match(tx, match.id).state == CONFIRMED
        acts = [line["act"] for line in journal_of(tx)]
    assert acts.count("said-yes") == 2
    assert state_of(site, of_driver) == "said"
    # The first answer counts: said again it is refused, and nothing changes.
    again = agent.post("/bureau/messages", data={"acte": "non", "message": of_driver}, headers=HERE)
    assert again.status_code == 400
    with site.store.reading() as tx:
        assert find_match(tx, match.id).state == CONFIRMED


def test_what_someone_answered_by_themselves_is_not_undone_by_a_list_that_is_still_open(app, site, to_say):
    match, _, of_driver, _ = to_say
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    driver = match.rides[0].driver
    answer_for(site.rides, match.id, driver, yes=True, now=NOW, who=driver)
    late = agent.post("/bureau/messages", data={"acte": "non", "message": of_driver}, headers=HERE)
    assert late.status_code == 400
    assert "sa première réponse est gardée" in unescape(late.text)
    with site.store.reading() as tx:
        assert find_match(tx, match.id).state == PROPOSED


def test_a_proposal_that_nothing_carries_is_to_be_said(app, site, to_say):
    """Shown on the page alone, it would lapse with nobody ever asked."""
    _, _, of_driver, of_rider = to_say
    with site.store.writing() as tx:
        for message in (of_driver, of_rider):
            move_message(tx, message, {TO_CALL}, state=SHOWN)
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    page = unescape(agent.get("/bureau/messages").text)
    assert "À dire au téléphone (2)" in page
    assert "à dire au téléphone" in agent.get("/bureau/").text
    agent.post("/bureau/messages", data={"acte": "pas-joint", "message": of_rider}, headers=HERE)
    assert "À dire au téléphone (1)" in unescape(agent.get("/bureau/messages").text)
    assert agent.post("/bureau/messages", data={"acte": "oui", "message": of_driver}, headers=HERE).status_code == 303
    assert "À dire au téléphone (0)" in unescape(agent.get("/bureau/messages").text)
    assert (state_of(site, of_driver), state_of(site, of_rider)) == ("said", "to-call")


def test_a_no_on_the_telephone_frees_the_seats(app, site, to_say):
    match, _, of_driver, of_rider = to_say
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    agent.post("/bureau/messages", data={"acte": "non", "message": of_driver}, headers=HERE)
    with site.store.reading() as tx:
        assert find_match(tx, match.id).state == REFUSED
    # What was to be said to the other side no longer holds.
    page = unescape(agent.get("/bureau/messages").text)
    assert "Cela vous convient-il" not in page.partition("Non remis")[0]
    late = agent.post("/bureau/messages", data={"acte": "oui", "message": of_rider}, headers=HERE)
    assert late.status_code == 400


def test_an_answer_is_taken_only_where_one_is_asked(app, site):
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    message = waiting(site)
    agent.post("/bureau/messages", data={"acte": "appeler", "message": message}, headers=HERE)
    answer = agent.post("/bureau/messages", data={"acte": "oui", "message": message}, headers=HERE)
    assert answer.status_code == 400
    assert state_of(site, message) == "to-call"


@pytest.mark.parametrize(
    ("form", "status", "shown"),
    [
        ({"acte": "dit", "message": "nothing"}, 404, "pas connu"),
        ({"acte": "brûler"}, 400, "Rien n'est changé"),
        ({"acte": "dit"}, 400, "changé d'état entre-temps"),
    ],
)
def test_what_cannot_be_done_is_said(app, site, form, status, shown):
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    form = {"message": waiting(site), **form}
    answer = agent.post("/bureau/messages", data=form, headers=HERE)
    assert answer.status_code == status
    assert shown in unescape(answer.text)


def test_what_did_not_go_is_shown_page_by_page_without_acts_on_what_has_begun(app, site):
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    person = People(site.rides).person("rider", "Lherm")
    with site.store.writing() as tx:
        for number in range(ON_A_PAGE + 1):
            begins = NOW - timedelta(hours=1) if number else None
            known = queue_message(tx, person, "way", {"text": f"Le train {number:03d}"}, now=NOW, before=begins)
            gone = NOW - timedelta(minutes=number)
            move_message(tx, known, {QUEUED}, state=FAILED, trouble="too-late" if number else "refused", due=gone)
    first, second = (agent.get(f"/bureau/messages?page={page}").text for page in (1, 2))
    assert [page.count("Le train") for page in (first, second)] == [ON_A_PAGE, 1]
    assert [page.count('value="reessayer"') for page in (first, second)] == [1, 0]
    for page in (first, second):
        assert f"Non remis ({ON_A_PAGE + 1})" in page
        assert 'href="/bureau/messages?page=2"' in page
    assert "Le train" not in agent.get("/bureau/messages?page=3").text
    assert agent.get("/bureau/messages?page=x").text.count("Le train") == ON_A_PAGE


def test_the_desk_is_told_that_the_cap_is_reached(app, site, monkeypatch):
    monkeypatch.setattr(SmsWebhook, "send", lambda *_: None)
    agent = signed_in(app, account(app, AGENT, mail=MAIL))
    for text in ("Un.", "Deux."):
        waiting(site, text)
    assert "0 sur 2 aujourd'hui" in agent.get("/bureau/messages").text.replace("\xa0", " ")
    assert tick(site)["sent"] == 2
    assert "Le nombre de SMS prévu est atteint" in agent.get("/bureau/messages").text


def test_a_structure_sees_and_changes_its_own_messages_only(app, site):
    mine = signed_in(app, account(app, AGENT, mail="un@example.org", structure="MSAP A"))
    other = signed_in(app, account(app, AGENT, mail="deux@example.org", structure="MSAP B"))
    person = People(site.rides).person("rider", "Lherm")
    facts = {"text": "Bonjour", "sender": "Léa", "partner": "Ailleurs"}
    with site.store.writing() as tx:
        message = queue_message(tx, person, "partner", facts, structure="MSAP A", now=NOW, by_call=True)
    assert "Bonjour" in mine.get("/bureau/messages").text
    assert "Bonjour" not in other.get("/bureau/messages").text
    assert other.post("/bureau/messages", data={"acte": "dit", "message": message}, headers=HERE).status_code == 404
    assert state_of(site, message) == "to-call"
    assert mine.post("/bureau/messages", data={"acte": "dit", "message": message}, headers=HERE).status_code == 303


def test_each_purpose_and_each_trouble_has_its_words():
    from desks.outbox import carriers, sending
    from mobility.messages import PURPOSES
    from webapp.words.messages import KINDS, TROUBLES, trouble_words

    assert set(KINDS) == set(PURPOSES)
    told = {carriers.BAD_ADDRESS, carriers.REFUSED, carriers.NO_ANSWER, carriers.PERHAPS, sending.NO_WAY,
            sending.CAPPED, sending.UNCERTAIN, sending.OVERTAKEN, sending.UNWANTED, sending.NO_WORDS, sending.FAULT,
            sending.TOO_LATE}  # fmt: skip
    assert set(TROUBLES) == told
    # Of a proposal the deadline alone has passed: the ride is to come.
    assert trouble_words("too-late", "proposal") == "le délai pour y répondre est passé"
    assert trouble_words("too-late", "confirmed") == "l'heure du trajet est passée"
    assert all("commencé" not in trouble_words("too-late", purpose) for purpose in PURPOSES)
    assert timedelta(minutes=5) < LEASE
