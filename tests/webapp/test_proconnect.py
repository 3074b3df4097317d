"""Signing in by ProConnect, against an identity server on this machine."""

import html
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import select, update

from data.account_schema import accounts
from data.accounts import (
    account_with_mail,
    account_with_subject,
    add_account,
    add_account_link,
    all_accounts,
    find_account,
    join_subject,
    set_active,
)
from data.outbox import messages_of, reader_of
from data.store import Store
from desks.accounts.joining import bind_identities
from desks.settings import Settings, default_territory
from mobility.accounts import ADMINISTRATOR, PLANNER, Grant
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.webapp.identity_server import IdentityServerApp
from webapp.app import create_app
from webapp.server.listening import listen

SERVER = "https://identites.example"
HERE = {"Origin": "http://localhost"}


@pytest.fixture(scope="module")
def running():
    server = IdentityServerApp()
    listening = listen(server.app, "127.0.0.1", 0, threads=2)
    server.issuer = f"http://127.0.0.1:{listening.effective_port}"
    threading.Thread(target=listening.run, daemon=True).start()
    yield server
    listening.close()


@pytest.fixture
def identity(running):
    running.spoil, running.plain = "", False
    running.person = {"sub": "sub-1", "email": "Agent@Example.org", "email_verified": True}
    return running


@pytest.fixture
def app(state, identity):
    settings = Settings(
        territory=default_territory(), state=state, oidc_issuer=identity.issuer, oidc_client="client",
        oidc_secret="secret", public_address="http://localhost",
    )  # fmt: skip
    app = create_app(settings, clock=lambda: NOW)
    store = app.extensions["wired"].house().rides.store
    with store.writing() as tx:
        add_account(tx, "agent@example.org", "Une planificatrice", [Grant(PLANNER)], now=NOW)
    return app


@pytest.fixture
def store(app):
    return app.extensions["wired"].house().rides.store


def invited(store, mail="agent@example.org"):
    """The secret of a link to an account."""
    with store.writing() as tx:
        return add_account_link(tx, account_with_mail(tx, mail).id, expires=NOW + timedelta(hours=1))


def kept(store, subject):
    """The account that is joined to a subject."""
    with store.reading() as tx:
        row = tx.execute(select(accounts.c.id).where(accounts.c.subject == subject)).first()
        return find_account(tx, row.id) if row else None


def told(store):
    """To which addresses the owner of the account is told what."""
    with store.reading() as tx:
        return {(message.purpose, reader_of(tx, message).mail) for message in messages_of(tx)}


def refusal(client):
    """What a visitor is told who comes back from the identity server and is not let in."""
    answered = client.get(come_back(client))
    assert answered.status_code == 403
    assert client.get("/preparer").status_code == 302
    return html.unescape(answered.get_data(as_text=True))


def come_back(client, then="/preparer", **more):
    """Go to the identity server as a browser does; return the address it sends back to."""
    sent = client.post("/connexion/proconnect", data={"suite": then, **more}, headers=HERE)
    assert sent.status_code == 303
    back = requests.get(sent.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize("plain", [False, True])
def test_a_known_agent_gets_in(app, identity, plain):
    identity.plain = plain
    client = app.test_client()
    assert "Se connecter avec ProConnect" in client.get("/connexion").get_data(as_text=True)
    answered = client.get(come_back(client))
    assert (answered.status_code, answered.headers["Location"]) == (303, "/preparer")
    assert client.get("/preparer").status_code == 200
    # The second time the server's own name of the person is enough, whatever their mail has become.
    identity.person = {"sub": "sub-1", "email": "autre@example.org"}
    again = app.test_client()
    assert again.get(come_back(again)).status_code == 303
    out = client.post("/deconnexion", headers=HERE)
    assert out.headers["Location"].startswith(identity.issuer + "/logout?id_token_hint=")
    assert client.get("/preparer").status_code == 302


def test_a_stranger_stays_out(app, identity):
    identity.person = {"sub": "sub-9", "email": "inconnu@example.org", "email_verified": True}
    client = app.test_client()
    answered = client.get(come_back(client))
    assert answered.status_code == 403
    assert "Aucun compte n&#39;est ouvert" in answered.get_data(as_text=True)
    with app.extensions["wired"].house().rides.store.reading() as tx:
        assert len(all_accounts(tx)) == 1


@pytest.mark.parametrize("spoil", ["signature", "nonce", "audience", "late", "person", "issuer"])
def test_a_false_identity_is_refused(app, identity, spoil):
    client = app.test_client()
    if spoil == "issuer":
        identity.spoil = spoil
        sent = client.post("/connexion/proconnect", headers=HERE)
        assert sent.status_code == 400
        return
    back = come_back(client)
    identity.spoil = spoil
    answered = client.get(back)
    assert answered.status_code == 502
    assert "Le service d&#39;identité" in answered.get_data(as_text=True)
    assert client.get("/preparer").status_code == 302


def test_an_answer_that_was_not_asked_for_is_refused(app):
    client = app.test_client()
    back = come_back(client)
    assert app.test_client().get(back).status_code == 400
    assert client.get(back.replace("state=", "state=x")).status_code == 400
    assert client.get("/connexion/proconnect/retour?state=").status_code == 400
    client.post("/connexion/proconnect", headers=HERE)
    assert client.get("/connexion/proconnect/retour?state=é").status_code == 400


def test_it_leads_to_our_own_pages_only(app):
    client = app.test_client()
    answered = client.get(come_back(client, "//elsewhere.example/x"))
    assert answered.headers["Location"] == "/bureau/"


@pytest.mark.parametrize("verified", [False, True])
def test_a_joined_account_is_never_joined_to_another_identity(app, identity, store, verified):
    client = app.test_client()
    assert client.get(come_back(client)).status_code == 303
    mine = kept(store, "sub-1")
    identity.person = {"sub": "sub-2", "email": "agent@example.org", "email_verified": verified}
    told = refusal(app.test_client())
    assert ("déjà rattaché à une autre identité" if verified else "ne garantit pas votre adresse") in told
    assert kept(store, "sub-2") is None
    assert kept(store, "sub-1") == mine
    assert client.get("/preparer").status_code == 200


@pytest.mark.parametrize("told", [{}, {"email_verified": False}, {"email_verified": None}, {"email_verified": "false"}])
def test_a_mail_that_nobody_vouches_for_joins_nothing(app, identity, store, told):
    identity.person = {"sub": "sub-1", "email": "agent@example.org", **told}
    assert "Rattacher ce compte à ProConnect" in refusal(app.test_client())
    # Whether there is such an account is not told either.
    identity.person = {"sub": "sub-1", "email": "inconnu@example.org", **told}
    assert "Rattacher ce compte à ProConnect" in refusal(app.test_client())
    assert kept(store, "sub-1") is None


def test_a_closed_account_is_neither_joined_nor_opened(app, identity, store):
    secret, client = invited(store), app.test_client()
    client.get(f"/mot-de-passe/{secret}")
    with store.writing() as tx:
        set_active(tx, account_with_mail(tx, "agent@example.org").id, active=False)
    assert "Aucun compte n'est ouvert" in refusal(app.test_client())
    # The invitation that was out ended with the account.
    assert client.get(come_back(client, rattacher="1")).status_code == 403
    assert client.get(f"/mot-de-passe/{secret}", follow_redirects=True).status_code == 404
    assert kept(store, "sub-1") is None
    with store.writing() as tx:
        join_subject(tx, account_with_mail(tx, "agent@example.org").id, identity.issuer, "sub-1")
    assert "Aucun compte n'est ouvert" in refusal(app.test_client())
    assert not kept(store, "sub-1").active


def test_claims_change_nothing_of_an_account(app, identity, store):
    client = app.test_client()
    client.get(come_back(client))
    before = kept(store, "sub-1")
    identity.person |= {"email": "autre@example.org", "given_name": "x", "usual_name": "y", "roles": [ADMINISTRATOR]}
    again = app.test_client()
    assert again.get(come_back(again)).status_code == 303
    assert kept(store, "sub-1") == before


def test_an_invitation_joins_whatever_the_mail(app, identity, store):
    identity.person = {"sub": "sub-7", "email": "autrement@example.org"}
    secret, client = invited(store), app.test_client()
    page = client.get(f"/mot-de-passe/{secret}", follow_redirects=True).get_data(as_text=True)
    assert "Rattacher ce compte à ProConnect" in page
    # The button of the sign-in page is not the invitation's: whoever was made to open a link unawares joins nothing.
    assert "ne garantit pas" in refusal(client)
    client.get(f"/mot-de-passe/{secret}")
    assert client.get(come_back(client, rattacher="1")).status_code == 303
    assert kept(store, "sub-7").mail == "agent@example.org"
    assert app.test_client().get(f"/mot-de-passe/{secret}", follow_redirects=True).status_code == 404
    # A second link changes no identity that is joined.
    other, secret = app.test_client(), invited(store)
    page = other.get(f"/mot-de-passe/{secret}", follow_redirects=True).get_data(as_text=True)
    assert "Rattacher" not in page
    identity.person = {"sub": "sub-8", "email": "agent@example.org", "email_verified": True}
    assert other.get(come_back(other, rattacher="1")).status_code == 403
    assert kept(store, "sub-8") is None


def test_an_administrator_parts_an_account_from_its_identity(app, identity, store):
    client, chief = app.test_client(), app.test_client()
    client.get(come_back(client))
    with store.writing() as tx:
        add_account(tx, "chef@example.org", "Une responsable", [Grant(ADMINISTRATOR)], now=NOW)
    identity.person = {"sub": "sub-0", "email": "chef@example.org", "email_verified": True}
    chief.get(come_back(chief))
    assert "rattaché à ProConnect" in chief.get("/comptes/").get_data(as_text=True)
    parted = chief.post(f"/comptes/{kept(store, 'sub-1').id}", data={"acte": "detacher"}, headers=HERE)
    assert parted.status_code == 303
    assert {("identity-joined", "agent@example.org"), ("identity-parted", "agent@example.org")} <= told(store)
    assert client.get("/preparer").status_code == 302
    identity.person = {"sub": "sub-2", "email": "agent@example.org", "email_verified": True}
    assert client.get(come_back(client)).status_code == 303


def test_one_identity_is_joined_once(store):
    with store.writing() as tx:
        join_subject(tx, account_with_mail(tx, "agent@example.org").id, SERVER, "sub-1")
        other = add_account(tx, "autre@example.org", "Une autre", [], now=NOW)
    with pytest.raises(MobilityError, match="joined to another"), store.writing() as tx:
        join_subject(tx, other.id, SERVER, "sub-1")


@pytest.mark.parametrize("subject", ["", "x" * 201, "a\x00b"])
def test_a_name_that_is_none_is_refused(app, identity, subject):
    identity.person = {"sub": subject, "email": "agent@example.org", "email_verified": True}
    client = app.test_client()
    assert client.get(come_back(client)).status_code == 502


def test_a_name_counts_for_the_server_that_gave_it(app, identity, store):
    client = app.test_client()
    assert client.get(come_back(client)).status_code == 303
    with store.writing() as tx:
        tx.execute(update(accounts).where(accounts.c.subject == "sub-1").values(issuer=SERVER))
    # Another server gives the same name to somebody else, and may say what it likes of their mail.
    assert "déjà rattaché à une autre identité" in refusal(app.test_client())
    identity.person = {"sub": "sub-1", "email": "autre@example.org"}
    assert "ne garantit pas votre adresse" in refusal(app.test_client())


def test_names_of_an_earlier_version_are_bound_to_the_server_of_the_settings(database, tmp_path):
    store = Store(database)
    with store.writing() as tx:
        account = add_account(tx, "agent@example.org", "Une planificatrice", [Grant(PLANNER)], now=NOW)
        join_subject(tx, account.id, "", "sub-1")
    settings = Settings(territory=default_territory(), state=tmp_path)
    for issuer, known in (("", False), (SERVER + "/", True), ("https://ailleurs.example", True)):
        bind_identities(store, replace(settings, oidc_issuer=issuer))
        with store.reading() as tx:
            assert (account_with_subject(tx, SERVER, "sub-1") is not None) is known
            assert account_with_subject(tx, "https://ailleurs.example", "sub-1") is None
    store.close()


def test_wrong_passwords_keep_nobody_from_it(app, identity):
    client = app.test_client()
    form = {"mail": "agent@example.org", "mot-de-passe": "faux"}
    assert [client.post("/connexion", data=form, headers=HERE).status_code for _ in range(6)][-1] == 429
    assert client.get(come_back(client)).status_code == 303
    assert client.get("/preparer").status_code == 200
