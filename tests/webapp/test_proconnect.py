"""Signing in by ProConnect, against an identity server on this machine."""

import threading
from urllib.parse import urlsplit

import pytest
import requests
from waitress.server import create_server

from data.accounts import add_account, all_accounts
from desks.settings import Settings, default_territory
from mobility.accounts import PLANNER, Grant
from tests.conftest import NOW
from tests.webapp.identity_server import IdentityServerApp
from webapp.app import create_app

HERE = {"Origin": "http://localhost"}


@pytest.fixture(scope="module")
def running():
    server = IdentityServerApp()
    listening = create_server(server.app, host="127.0.0.1", port=0, threads=2)
    server.issuer = f"http://127.0.0.1:{listening.effective_port}"
    threading.Thread(target=listening.run, daemon=True).start()
    yield server
    listening.close()


@pytest.fixture
def identity(running):
    running.spoil, running.plain = "", False
    running.person = {"sub": "sub-1", "email": "Agent@Example.org"}
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


def come_back(client, then="/preparer"):
    """Go to the identity server as a browser does; return the address it sends back to."""
    sent = client.post("/connexion/proconnect", data={"suite": then}, headers=HERE)
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
    identity.person = {"sub": "sub-9", "email": "inconnu@example.org"}
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


def test_it_leads_to_our_own_pages_only(app):
    client = app.test_client()
    answered = client.get(come_back(client, "//elsewhere.example/x"))
    assert answered.headers["Location"] == "/compte"
