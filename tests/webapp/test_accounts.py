"""Who may do what: accounts, sessions, throttling, and the table of roles against every page and call."""

import io
import re
from datetime import timedelta

import pytest

from data.accounts import account_with_mail, add_account, add_account_link
from data.journal import journal_of
from data.outbox import messages_of, reader_of
from data.people import persons_with_telephone, remembered_wishes
from data.ride_matches import matches_of
from data.ride_records import requests_on
from desks.accounts.passwords import ask_new_password, choose_password
from desks.outbox.wording import words_of
from desks.settings import Settings, default_territory
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER, ROLES, Grant
from tests.conftest import NOW
from tests.fixtures_rides import People
from webapp.app import create_app
from webapp.server.policy import roles_for
from webapp.server.protection import BY_LINK, SAME_FOR_ALL

HERE = {"Origin": "http://localhost"}
PASSWORD = "un bus jaune passe mardi"
OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(state, clock):
    return create_app(Settings(territory=default_territory(), state=state), clock=clock)


def account(app, *roles, mail="", structure=""):
    """Open an account with roles; return its mail."""
    store = app.extensions["wired"].house().rides.store
    mail = mail or f"{'-'.join(roles) or 'nobody'}@example.org"
    with store.writing() as tx:
        made = add_account(
            tx, mail, f"Compte {mail}", [Grant(r, structure if r == AGENT else "") for r in roles], now=NOW
        )
    choose_password(store, made, PASSWORD)
    return mail


def signed_in(app, mail, password=PASSWORD):
    """A visitor who has signed in."""
    client = app.test_client()
    done = client.post("/connexion", data={"mail": mail, "mot-de-passe": password}, headers=HERE)
    assert done.status_code == 303, done.get_data(as_text=True)
    return client


def calls(app):
    """Every endpoint with an address and a method."""
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<[^>]*>", "1", rule.rule)
        for method in sorted(rule.methods & {"GET", "POST", "PATCH", "DELETE"}):
            yield rule.endpoint, method, address


def refused(answer):
    """Whether an answer keeps the visitor out: a refusal, or the door."""
    return answer.status_code == 403 or "/connexion?suite=" in answer.headers.get("Location", "")


@pytest.mark.parametrize("role", [None, "nobody", *ROLES])
def test_every_page_and_call_asks_for_its_role(app, role):
    account(app, ADMINISTRATOR, mail="first@example.org")
    client = app.test_client()
    if role:
        client = signed_in(app, account(app, *([role] if role in ROLES else []), mail=f"{role}@here.org"))
    seen = 0
    for endpoint, method, address in calls(app):
        wanted = roles_for(endpoint)
        assert wanted is not None, f"{endpoint} is not in the table of roles"
        if not wanted or role in wanted:
            continue
        answer = client.open(address, method=method, headers=HERE)
        assert refused(answer), (endpoint, method, answer.status_code)
        seen += 1
    assert seen >= 10


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_its_own_pages(app, role):
    account(app, ADMINISTRATOR, mail="first@example.org")
    client = signed_in(app, account(app, role))
    reached = 0
    for endpoint, method, address in calls(app):
        if role in (roles_for(endpoint) or ()) and method == "GET" and "1" not in address:
            answer = client.get(address)
            assert not refused(answer), endpoint
            assert answer.status_code < 500
            assert answer.headers["Cache-Control"] == "no-store", endpoint
            reached += 1
    assert reached >= 1


@pytest.mark.prove
def test_nothing_behind_a_door_is_kept_by_a_browser(app):
    inside, outside = signed_in(app, account(app, *ROLES)), app.test_client()
    with_link = app.test_client()
    with with_link.session_transaction() as opened:
        opened["proposals"] = {"1": "a secret"}
    public = unchanged = 0
    for endpoint, method, address in calls(app):
        # Every answer of a visitor known by a session: page, file, JSON, redirect, refusal, error.
        for client in (inside, with_link):
            # Forms come from elsewhere, and are refused: nothing is worked out here.
            answer = client.open(address, method=method, headers={"Origin": "https://elsewhere.example"})
            kept = answer.headers.get("Cache-Control") != "no-store"
            assert kept == (endpoint in SAME_FOR_ALL and answer.status_code < 400), (
                endpoint,
                method,
                answer.status_code,
            )
            if method == "GET" and (tag := answer.headers.get("ETag")):
                again = client.get(address, headers={"If-None-Match": tag})
                unchanged += again.status_code == 304 and not kept
                assert kept or again.headers["Cache-Control"] == "no-store", (endpoint, again.status_code)
        # Without one: whatever stands at a door or behind it.
        answer = outside.open(address, method=method, headers={"Origin": "https://elsewhere.example"})
        leads = answer.location is not None
        if leads or roles_for(endpoint) or endpoint.startswith(("sign_in.", "standard.")) or endpoint in BY_LINK:
            assert answer.headers["Cache-Control"] == "no-store", (endpoint, method, answer.status_code)
        else:
            public += answer.headers.get("Cache-Control") != "no-store"
    assert public >= 30
    assert unchanged >= 4
    for address in ("/nowhere", "/static/nowhere.css", "/bureau/demandes/aucune"):
        assert outside.get(address).headers["Cache-Control"] == "no-store"
        answer = inside.get(address)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"
    for address in ("/bureau/conducteurs", "/bureau/rappels", "/trajets?de=Lherm"):
        assert outside.get(address).status_code == 301
        assert outside.get(address).headers["Cache-Control"] == "no-store"
    # What leads nowhere, or is asked as it cannot be, shows nothing to keep either.
    for answer in (outside.get("/bureau"), outside.put("/bureau/"), outside.get("/comptes/structures")):
        assert answer.status_code in {308, 403, 405}
        assert answer.headers["Cache-Control"] == "no-store"
    assert "max-age" in inside.get("/static/site.css").headers["Cache-Control"]
    assert inside.post("/deconnexion", headers=HERE).headers["Cache-Control"] == "no-store"


def test_unknown_endpoints_are_refused():
    assert roles_for("somewhere.else") is None


@pytest.mark.parametrize("password", ["court", "a" * 40, "chef de bureau!", "x" * 300])
def test_a_weak_password_is_refused(app, password):
    store = app.extensions["wired"].house().rides.store
    with store.writing() as tx:
        made = add_account(tx, "chef@example.org", "Une responsable", [Grant(ADMINISTRATOR)], now=NOW)
        secret = add_account_link(tx, made.id, expires=NOW + timedelta(hours=1))
    client = app.test_client()
    client.get(f"/mot-de-passe/{secret}")
    answer = client.post("/mot-de-passe", data={"mot-de-passe": password, "encore": password}, headers=HERE)
    assert answer.status_code == 400
    assert re.search('<input id="mot-de-passe" [^>]*aria-describedby="mot-de-passe-erreur"', answer.text)
    with store.reading() as tx:
        assert not account_with_mail(tx, "chef@example.org").has_password


def test_a_link_lives_so_long(app, clock):
    store = app.extensions["wired"].house().rides.store
    with store.writing() as tx:
        made = add_account(tx, "chef@example.org", "Une responsable", [Grant(ADMINISTRATOR)], now=NOW)
        secret = add_account_link(tx, made.id, expires=NOW + timedelta(hours=1))
    clock.now = NOW + timedelta(hours=2)
    assert app.test_client().get(f"/mot-de-passe/{secret}", follow_redirects=True).status_code == 404


def test_guessing_is_throttled_and_tells_nothing(app, clock):
    mail = account(app, PLANNER)
    client = app.test_client()
    wrong = [
        client.post("/connexion", data={"mail": known, "mot-de-passe": "faux"}, headers=HERE)
        for known in (mail, "inconnu@example.org")
    ]
    assert {answer.status_code for answer in wrong} == {403}
    told = [re.search(r'role="alert">([^<]*)', answer.get_data(as_text=True))[1] for answer in wrong]
    assert told[0] == told[1]
    for _ in range(4):
        client.post("/connexion", data={"mail": mail, "mot-de-passe": "faux"}, headers=HERE)
    # Even the right password waits now.
    right = {"mail": mail, "mot-de-passe": PASSWORD}
    assert client.post("/connexion", data=right, headers=HERE).status_code == 429
    clock.now = NOW + timedelta(minutes=16)
    assert client.post("/connexion", data=right, headers=HERE).status_code == 303


@pytest.mark.parametrize(
    ("hours", "steps", "open_still"), [(1.9, 1, True), (2.1, 1, False), (9, 6, True), (10.5, 7, False)]
)
def test_sessions_end(app, clock, hours, steps, open_still):
    client = signed_in(app, account(app, PLANNER))
    for step in range(1, steps + 1):
        clock.now = NOW + timedelta(hours=hours * step / steps)
        answer = client.get("/preparer")
    assert (answer.status_code == 200) is open_still


def test_signing_out_ends_the_session_in_the_store(app):
    client = signed_in(app, account(app, PLANNER))
    cookie = client.get_cookie("session")
    assert cookie.http_only
    client.post("/deconnexion", headers=HERE)
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get("/preparer").status_code == 302


def test_a_closed_account_is_out_at_once(app):
    chief, planner = signed_in(app, account(app, ADMINISTRATOR)), account(app, PLANNER)
    client = signed_in(app, planner)
    with app.extensions["wired"].house().rides.store.reading() as tx:
        identifier = account_with_mail(tx, planner).id
        own = account_with_mail(tx, "administrator@example.org").id
    assert chief.post(f"/comptes/{identifier}", data={"acte": "fermer"}, headers=HERE).status_code == 303
    assert client.get("/preparer").status_code == 302
    assert chief.post(f"/comptes/{own}", data={"acte": "fermer"}, headers=HERE).status_code == 400
    assert chief.post(f"/comptes/{own}", data={"acte": "roles", "role-planner": "on"}, headers=HERE).status_code == 400
    assert chief.get("/comptes/").status_code == 200


def test_a_change_of_roles_holds_at_once(app):
    chief, planner = signed_in(app, account(app, ADMINISTRATOR)), account(app, PLANNER)
    with app.extensions["wired"].house().rides.store.reading() as tx:
        identifier = account_with_mail(tx, planner).id
    chief.post(f"/comptes/{identifier}", data={"acte": "roles", "role-agent": "on"}, headers=HERE)
    client = signed_in(app, planner)
    assert client.get("/preparer").status_code == 403
    assert client.get("/bureau/").status_code == 200


def test_roles_that_were_taken_meanwhile_are_not_given_back_by_an_older_page(app):
    chief = signed_in(app, account(app, ADMINISTRATOR, mail="chief@example.org"))
    account(app, AGENT, mail="agent@example.org")
    store = app.extensions["wired"].house().store
    with store.reading() as tx:
        agent = account_with_mail(tx, "agent@example.org")
    page = chief.get("/comptes/").text
    older = re.search(rf'action="/comptes/{agent.id}">\s*<input type="hidden" name="vu" value="([^"]*)"', page)[1]
    assert chief.post(f"/comptes/{agent.id}", data={"acte": "roles", "vu": older}, headers=HERE).status_code == 303
    told = {"acte": "roles", "vu": older, "role-agent": "on", "role-planner": "on"}
    refused = chief.post(f"/comptes/{agent.id}", data=told, headers=HERE)
    assert refused.status_code == 400
    assert "vient de changer les rôles de ce compte" in refused.text
    with store.reading() as tx:
        assert not account_with_mail(tx, "agent@example.org").grants


def test_a_role_holds_in_its_territory(app):
    store = app.extensions["wired"].house().rides.store
    with store.writing() as tx:
        made = add_account(tx, "ailleurs@example.org", "Ailleurs", [Grant(PLANNER, "", "figeac")], now=NOW)
    choose_password(store, made, PASSWORD)
    assert signed_in(app, "ailleurs@example.org").get("/preparer").status_code == 403


def test_a_structure_does_not_change_what_another_remembers(app):
    one = signed_in(app, account(app, AGENT, mail="un@example.org", structure="MSAP A"))
    two = signed_in(app, account(app, AGENT, mail="deux@example.org", structure="MSAP B"))
    asked = {
        "telephone": "0639100002", "nom": "Une habitante de Lherm", "de": "lherm", "vers": "cahors", "heure": "10:00",
        "jour": "2026-12-01", "accord-memory": "on", "besoins-dits": "1", "acte": "attendre",
    }  # fmt: skip
    assert one.post("/bureau/telephone", data={**asked, "besoin-wheelchair": "on"}, headers=HERE).status_code == 303
    # Its boxes are not ticked from what it may not see: sent back so, they must erase nothing.
    assert two.post("/bureau/telephone", data={**asked, "jour": "2026-12-03"}, headers=HERE).status_code == 303
    with app.extensions["wired"].house().rides.store.reading() as tx:
        known = {
            person.structure: remembered_wishes(tx, person.id, now=NOW, whom=person.structure)
            for person in persons_with_telephone(tx, "0639100002")
        }
    assert known == {"MSAP A": {"wheelchair"}, "MSAP B": set()}


def test_agents_see_the_requests_of_their_structure(app):
    one = signed_in(app, account(app, AGENT, mail="un@example.org", structure="MSAP A"))
    two = signed_in(app, account(app, AGENT, mail="deux@example.org", structure="MSAP B"))
    both = signed_in(app, account(app, AGENT, mail="tout@example.org"))
    asked = {
        "telephone": "0639100002", "nom": "Une habitante de Lherm", "de": "lherm", "vers": "cahors", "heure": "10:00",
        "jour": "2026-12-01", "motif": "health",
    }  # fmt: skip
    made = one.post("/bureau/telephone", data={**asked, "acte": "attendre"}, headers=HERE)
    assert made.status_code == 303
    where = made.headers["Location"]
    with app.extensions["wired"].house().rides.store.reading() as tx:
        (request,) = requests_on(tx, [NOW.date() + timedelta(days=1)])
        agent = account_with_mail(tx, "un@example.org")
    assert (request.structure, request.agent) == ("MSAP A", agent.id)
    assert one.get(where).status_code == both.get(where).status_code == 200
    # What is another structure's is as if it did not exist.
    assert two.get(where).status_code == 404
    assert two.post(where, data={"acte": "annuler"}, headers=HERE).status_code == 404
    assert where not in two.get("/bureau/demandes?jour=2026-12-01").get_data(as_text=True)
    assert where in one.get("/bureau/demandes?jour=2026-12-01").get_data(as_text=True)
    People(app.extensions["wired"].house().rides).volunteer("Labastide-Marnhac")
    assert one.post(where, data={"acte": "proposer"}, headers=HERE).status_code == 303
    assert "Pouvez-vous conduire" in one.get("/bureau/messages").get_data(as_text=True)
    assert "Pouvez-vous conduire" not in two.get("/bureau/messages").get_data(as_text=True)
    # Knowing the number shows nothing, not even that it is known; one's own request opens no answer to another's.
    known = two.post("/bureau/telephone", data={"telephone": "0639100002"}, headers=HERE).get_data(as_text=True)
    assert "La même chose" not in known
    assert "Une habitante" not in known
    assert "Passager de Lherm" not in known
    assert "Numéro inconnu" in known
    assert "Une habitante" in one.post(
        "/bureau/telephone", data={"telephone": "0639100002"}, headers=HERE
    ).get_data(as_text=True)  # fmt: skip
    own = two.post("/bureau/telephone", data={**asked, "telephone": "0639100003", "acte": "attendre"}, headers=HERE)
    with app.extensions["wired"].house().rides.store.reading() as tx:
        (match,) = matches_of(tx, request.id)
    answer = {"acte": "oui", "proposition": match.id, "personne": request.rider}
    assert two.post(own.headers["Location"], data=answer, headers=HERE).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {},
        {"Sec-Fetch-Site": "CROSS-SITE"}, {"Referer": "http://elsewhere.example/x"}, {"Referer": "x"},
        {"Origin": "ftp://localhost"}, {"Sec-Fetch-Site": "other"},
    ],
)  # fmt: skip
def test_another_sites_forms_are_refused(app, headers):
    client = signed_in(app, account(app, PLANNER))
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    assert client.post("/preparer", data={}, headers=headers).status_code == 403


def test_a_form_that_names_our_own_page_alone_is_taken(app):
    client = signed_in(app, account(app, PLANNER))
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    assert client.post("/preparer", data={}, headers={"Referer": "http://localhost/preparer"}).status_code != 403


def test_every_page_has_a_strict_content_policy(app):
    client = app.test_client()
    words = set()
    for address in ("/", "/cartes/calendrier", "/solidaire", "/nowhere", "/connexion"):
        answer = client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "*" not in policy
        words.add(re.search(r"'nonce-([\w-]+)'", policy)[1])
        page = answer.get_data(as_text=True)
        assert not re.search(r"<(script|style)(?![^>]*(src|nonce)=)", page), address
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page), address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(words) == 5


def test_large_bodies_are_refused_but_for_roads(app):
    client = app.test_client()
    body = b"x" * 7_000_000
    sent = client.post("/verifier", data={"fichier": (io.BytesIO(body), "plan.csv")})
    assert sent.status_code == 413
    sent = client.post("/solidaire/demande", data={"nom": "x" * 7_000_000})
    assert sent.status_code == 413
    assert "trop grand" in sent.get_data(as_text=True)


def test_a_search_is_limited_by_address(app):
    client = app.test_client()
    found = [client.get("/solidaire", environ_base=OUTSIDE).status_code for _ in range(32)]
    assert found[:30] == [200] * 30
    assert found[30:] == [429, 429]
    assert client.get("/solidaire").status_code == 200


def test_a_proxy_is_believed_only_where_the_settings_say_so(state):
    settings = Settings(territory=default_territory(), state=state, proxies=1, public_address="https://lot.example")
    app = create_app(settings, clock=lambda: NOW)
    answer = app.test_client().get(
        "/connexion", headers={"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "Host": "lot.example"}
    )
    assert answer.headers["Strict-Transport-Security"]
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert app.config["SESSION_COOKIE_SECURE"]


def test_the_way_on_stays_on_this_site(app):
    mail = account(app, PLANNER)
    for text in ("//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "preparer", "//["):
        answer = app.test_client().post(
            "/connexion", data={"mail": mail, "mot-de-passe": PASSWORD, "suite": text}, headers=HERE
        )
        assert answer.headers["Location"] == "/bureau/"


def test_a_forgotten_password_says_the_same_to_all(app):
    mail = account(app, PLANNER)
    client = app.test_client()
    pages = [
        client.post("/mot-de-passe/oublie", data={"mail": known}, headers=HERE).get_data(as_text=True)
        for known in (mail, "inconnu@example.org")
    ]
    told = [re.search(r'role="status">([^<]*)', page)[1] for page in pages]
    assert told[0] == told[1]


def test_an_administrator_hands_over_and_erases_an_account_and_the_journal_says_its_identifier(app):
    chief = signed_in(app, account(app, ADMINISTRATOR, mail="chef@example.org"))
    gone = signed_in(app, account(app, PLANNER, ADMINISTRATOR, mail="partie@example.org"))
    store = app.extensions["wired"].house().rides.store
    with store.reading() as tx:
        leaving, staying = (account_with_mail(tx, f"{name}@example.org").id for name in ("partie", "chef"))
    ask_new_password(store, "partie@example.org", now=NOW)
    copy = chief.post(f"/comptes/{leaving}/copie", headers=HERE)
    assert copy.get_json()["accounts"][0]["mail"] == "partie@example.org"
    assert "mot de passe" in copy.get_json()["outbox"][0]["text"]
    assert "argon2" not in copy.get_data(as_text=True)
    unsure = chief.post(f"/comptes/{leaving}", data={"acte": "effacer"}, headers=HERE)
    assert (unsure.status_code, "Cochez" in unsure.get_data(as_text=True)) == (400, True)
    sure = {"acte": "effacer", "sur": "oui"}
    assert chief.post(f"/comptes/{leaving}", data=sure, headers=HERE).status_code == 303
    assert refused(gone.get("/comptes/"))
    assert "partie@example.org" not in chief.get("/comptes/").get_data(as_text=True)
    shown = chief.get("/comptes/journal/").get_data(as_text=True)
    assert f'<td data-l="Qui">un compte effacé ({leaving})</td>' in shown
    assert f'<option value="{leaving}">un compte effacé ({leaving})</option>' in shown
    chosen = chief.get(f"/comptes/journal/?qui={leaving}").get_data(as_text=True)
    assert f'<option value="{leaving}" selected>' in chosen
    assert "a effacé un compte" in shown
    assert "a exporté les données d&#39;un compte" in shown
    last = chief.post(f"/comptes/{staying}", data=sure, headers=HERE)
    assert (last.status_code, "Il doit rester" in last.get_data(as_text=True)) == (400, True)
    with store.reading() as tx:
        assert account_with_mail(tx, "chef@example.org")


def test_an_account_opens_with_a_role_and_its_form_is_empty_afterwards(app):
    chief = signed_in(app, account(app, ADMINISTRATOR))
    form = {"mail": "nouvelle@example.org", "nom": "Un nom"}
    answer = chief.post("/comptes/", data=form, headers=HERE)
    assert (answer.status_code, "Cochez au moins un rôle" in answer.text) == (400, True)
    assert 'value="nouvelle@example.org"' in answer.text
    opened = chief.post("/comptes/", data={**form, "role-agent": "on"}, headers=HERE)
    assert opened.status_code == 200
    assert 'value="nouvelle@example.org"' not in opened.text
    # A form of another kind fills nothing in here.
    wrong = chief.post("/comptes/unknown", data={"acte": "courriel", "mail": "x"}, headers=HERE)
    assert 'id="mail" name="mail" type="email" required value=""' in wrong.text


def test_another_address_is_an_administrators_act_and_told_at_both(app):
    chief, planner = signed_in(app, account(app, ADMINISTRATOR)), account(app, PLANNER)
    client, store = signed_in(app, planner), app.extensions["wired"].house().store
    with store.writing() as tx:
        identifier = account_with_mail(tx, planner).id
        link = add_account_link(tx, identifier, expires=NOW + timedelta(hours=1))
    form, where = {"acte": "courriel", "mail": "Nouvelle@example.org"}, f"/comptes/{identifier}"
    assert client.post(where, data=form, headers=HERE).status_code == 403
    invited = chief.post("/comptes/", data={"mail": planner, "nom": "Un nom", "role-agent": "on"}, headers=HERE).text
    assert re.search('<input id="mail" [^>]*aria-describedby="mail-erreur"', invited)
    # What was ticked stays where something else must be mended, and stands alone.
    assert 'name="role-agent" checked' in invited.partition("Ouvrir un compte</h2>")[2]
    assert 'role="alert">Un compte existe déjà' in invited
    for wrong in ("", "x", "a b@example.org", planner, "administrator@example.org"):
        assert chief.post(where, data={**form, "mail": wrong}, headers=HERE).status_code == 400
    assert chief.post(where, data=form, headers=HERE).status_code == 303
    with store.reading() as tx:
        changed = account_with_mail(tx, "nouvelle@example.org")
        texts = {reader_of(tx, one).mail: words_of(app_words(app), tx, one, NOW).text for one in messages_of(tx)}
        acts = [(line["act"], line["why"]) for line in journal_of(tx, {identifier})]
    assert changed.id == identifier
    assert set(texts) == {planner, "nouvelle@example.org"}
    assert "maintenant l'adresse nouvelle@example.org, à la place de celle-ci" in texts[planner].replace("\n", " ")
    assert acts.count(("account-changed", "mail")) == 1
    # What stood open by the former address is shut.
    assert client.get("/preparer").status_code == 302
    assert app.test_client().get(f"/mot-de-passe/{link}", follow_redirects=True).status_code == 404
    signed_in(app, "nouvelle@example.org")


def app_words(app):
    """What puts the messages of a site into words."""
    return app.extensions["wired"].house().post.wording
