"""By what names a site answers, and how its first account is opened: by the word printed at the start, once."""

import re
import stat
from dataclasses import replace

import pytest
from click.testing import CliRunner

from cli.main import mobility
from cli.serve import tell_first_word
from data.accounts import add_account, all_accounts, has_accounts
from data.store import Store
from desks.accounts.first_word import burn_first_word, check_first_word, new_first_word, was_shown
from desks.hosts import host_name
from mobility.accounts import ADMINISTRATOR, Grant
from mobility.errors import MobilityError
from tests.conftest import NOW
from webapp.app import create_app
from webapp.server import visitor

HERE = {"Origin": "http://localhost"}
OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}
PASSWORD = "un bus jaune passe mardi"
OWNER = {"mail": "chef@example.org", "nom": "Une responsable"}
PUBLIC = [{"public_address": "http://localhost"}, {"proxies": 1}, {"hosts": ("lot.example",)}, {"host": "0.0.0.0"}]


def store_of(app):
    return app.extensions["wired"].house().rides.store


def accounts_of(app):
    with store_of(app).reading() as tx:
        return all_accounts(tx)


@pytest.fixture
def site_of(settings):
    """What makes a site with other settings, on one clock."""
    return lambda **more: create_app(replace(settings, **more), clock=lambda: NOW)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.nip.io", "192.168.1.9", "a b", ""],
)
@pytest.mark.parametrize("where", ["/", "/comptes/", "/bureau/", "/health", "/static/site.css", "/api/telephone/menu"])
def test_another_name_gets_a_sentence_and_nothing_else(site_of, host, where):
    answer = site_of().test_client().get(where, headers={"Host": host})
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert answer.get_data(as_text=True).startswith("Cette adresse n'est pas celle du site")


def test_a_page_that_makes_its_name_mean_this_machine_gets_nothing(site_of):
    app = site_of()
    attack = {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}
    form = {"mail": "voleur@example.org", "nom": "x", "role-administrator": "1"}
    answer = app.test_client().post("/comptes/", data=form, headers=attack)
    assert answer.status_code == 400
    assert "/mot-de-passe/" not in answer.get_data(as_text=True)
    assert app.test_client().post("/premier-compte", data=form, headers=attack).status_code == 400
    assert not accounts_of(app)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:81", "127.0.0.1:8000", "[::1]:8000", "lot.example", "10.0.0.5"]
)
def test_the_sites_own_names_are_answered(site_of, host):
    app = site_of(public_address="https://lot.example:8443/", hosts=("10.0.0.5",))
    assert app.test_client().get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lot.Example:80", "lot.example"), ("[0:0::1]", "::1"), ("::1", "::1"), ("x@localhost", ""), ("*", ""),
        ("mobilité.example", "xn--mobilit-hya.example"), ("localhost/", ""), ("localhost:x", ""), ("[localhost]", ""),
        (".", ""),
    ],
)  # fmt: skip
def test_hosts_in_their_plain_form(text, name):
    assert host_name(text) == name


def test_on_this_machine_alone_all_is_open_but_accounts(site_of):
    app = site_of()
    client = app.test_client()
    assert client.get("/preparer").status_code == 200
    assert client.get("/bureau/").status_code == 200
    assert "tout est permis depuis cette machine" in client.get("/connexion").get_data(as_text=True)
    for act in ("/comptes/", "/comptes/unknown"):
        refused = client.post(act, data={**OWNER, "role-administrator": "on", "acte": "lien"}, headers=HERE)
        assert refused.status_code == 403
        assert "le premier s&#39;ouvre avec le mot affiché au démarrage" in refused.get_data(as_text=True)
    assert not accounts_of(app)


@pytest.mark.parametrize(
    "sign",
    [
        {"environ_base": OUTSIDE}, {"headers": {"X-Forwarded-For": "203.0.113.7"}}, {"headers": {"Via": "1.1 x"}},
        {"headers": {"X-Forwarded-Proto": "https"}}, {"environ_overrides": {"SERVER_PROTOCOL": "HTTP/1.0"}},
    ],
    ids=str,
)  # fmt: skip
def test_a_proxy_is_not_this_machine(site_of, sign):
    client = site_of().test_client()
    answer = client.get("/preparer", **sign)
    assert answer.status_code == 403
    assert "aucun compte n&#39;est encore ouvert ici" in answer.get_data(as_text=True)
    assert client.get("/metrics", **sign).status_code == 403


@pytest.mark.parametrize("more", PUBLIC, ids=str)
def test_a_site_for_others_has_no_open_door(site_of, more):
    client = site_of(**more).test_client()
    for where in ("/preparer", "/bureau/", "/comptes/", "/reglages"):
        assert client.get(where).status_code == 403
    assert client.post("/comptes/", data={**OWNER, "role-administrator": "on"}, headers=HERE).status_code == 403
    assert client.post("/bureau/personnes", data={"acte": "offre", "de": "Bach"}, headers=HERE).status_code == 403
    page = client.get("/connexion").get_data(as_text=True)
    assert "le bureau et la préparation du bus sont fermés" in page


@pytest.mark.parametrize("more", [{}, *PUBLIC], ids=str)
def test_the_word_opens_the_first_account_once(site_of, settings, more):
    app = site_of(**more)
    word = new_first_word(settings)
    form = {**OWNER, "mot": word.upper().replace("-", " "), "role-planner": "on"}
    # Each worker is a process of its own: another application knows the same word.
    client, late = site_of(**more).test_client(), app.test_client()
    wrong = client.post("/premier-compte", data={**form, "mot": "aaaa-bbbb"}, headers=HERE)
    assert wrong.status_code == 403
    assert re.search('<input id="mot" [^>]*aria-describedby="mot-erreur"', wrong.text)
    assert 'id="mot-erreur" role="alert">Ce n&#39;est pas le mot affiché' in wrong.text
    for name in ("mail", "nom"):
        answer = client.post("/premier-compte", data={**form, name: ""}, headers=HERE)
        assert answer.status_code == 400
        assert f'aria-describedby="{name}-erreur"' in answer.get_data(as_text=True)
    made = client.post("/premier-compte", data=form, headers=HERE)
    assert (made.status_code, made.headers["Location"]) == (303, "/mot-de-passe")
    (account,) = accounts_of(app)
    assert account.roles("cahors") == {"administrator", "planner"}
    # The door is shut at once, for this word too.
    again = late.post("/premier-compte", data={**form, "mail": "autre@example.org"}, headers=HERE)
    assert again.status_code == 403
    assert late.get("/premier-compte").headers["Location"] == "/connexion"
    assert late.get("/preparer").headers["Location"].startswith("/connexion?suite=/preparer")
    with pytest.raises(MobilityError):
        check_first_word(settings, word)
    chosen = {"mot-de-passe": PASSWORD, "encore": PASSWORD}
    differ = client.post("/mot-de-passe", data={**chosen, "encore": "autre"}, headers=HERE)
    assert differ.status_code == 400
    assert 'id="encore-erreur" role="alert">Les deux mots de passe' in differ.text
    assert client.post("/mot-de-passe", data=chosen, headers=HERE).status_code == 303
    signed = client.post("/connexion", data={"mail": OWNER["mail"], "mot-de-passe": PASSWORD}, headers=HERE)
    assert signed.status_code == 303
    assert client.get("/comptes/").status_code == 200


def test_once_a_word_is_printed_this_machine_opens_to_who_has_shown_it(site_of, settings):
    word, app = new_first_word(settings), site_of()
    client, proxied = app.test_client(), app.test_client()
    # What a bare proxy passes on is no different from a browser here.
    for where in ("/preparer", "/bureau/", "/reglages"):
        assert proxied.get(where).status_code == 403
    assert proxied.post("/bureau/personnes", data={"acte": "offre", "de": "Bach"}, headers=HERE).status_code == 403
    assert proxied.get("/ouvrir/aaaa-bbbb").status_code == 400
    assert proxied.get(f"/ouvrir/{word}", environ_base=OUTSIDE).status_code == 403
    assert site_of(proxies=1).test_client().get(f"/ouvrir/{word}").status_code == 403
    opened = client.get(f"/ouvrir/{word}")
    assert (opened.status_code, opened.headers["Location"]) == (303, "/bureau/")
    assert word not in str(opened.headers)
    assert client.get("/preparer").status_code == client.get("/bureau/").status_code == 200
    assert client.get("/preparer", environ_base=OUTSIDE).status_code == 403
    assert proxied.get("/preparer").status_code == 403
    # It opened no account, and opens one still; the next start asks for its own.
    check_first_word(settings, word)
    new_first_word(settings)
    assert client.get("/preparer").status_code == 403


@pytest.mark.parametrize(
    "lost", [lambda file: file.unlink(), lambda file: file.write_bytes(b"")], ids=["gone", "empty"]
)
def test_the_desk_stays_shut_where_the_word_is_lost(site_of, settings, monkeypatch, lost):
    monkeypatch.setattr(visitor, "was_shown", was_shown)
    client = site_of().test_client()
    assert client.get("/preparer").status_code == 403
    word = new_first_word(settings)
    assert client.get(f"/ouvrir/{word}").status_code == 303
    assert client.get("/preparer").status_code == 200
    lost(next(settings.state.glob("first-account-*")))
    for asks in (client, site_of().test_client()):
        assert asks.get("/preparer").status_code == 403
    assert client.get("/ouvrir/").status_code == 404


def test_a_word_whose_account_did_not_come_to_be_leaves_the_desk_shut(site_of, settings, monkeypatch):
    monkeypatch.setattr(visitor, "was_shown", was_shown)
    app, word = site_of(), new_first_word(settings)

    def burnt_and_lost():
        with store_of(app).writing():
            burn_first_word(settings, word)
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        burnt_and_lost()
    client = app.test_client()
    assert client.get("/preparer").status_code == 403


def test_no_word_opens_where_none_was_printed(site_of):
    app = site_of()
    for word in ("", "-", "x"):
        assert app.test_client().post("/premier-compte", data={**OWNER, "mot": word}, headers=HERE).status_code == 403
    assert not accounts_of(app)


def test_a_word_is_hard_to_guess_kept_hashed_and_replaced(settings):
    first, second = new_first_word(settings), new_first_word(settings)
    assert re.fullmatch(r"([a-z2-9]{4}-){6}[a-z2-9]{4}", first)
    (file,) = settings.state.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert second not in file.read_text()
    with pytest.raises(MobilityError):
        check_first_word(settings, first)
    burn_first_word(settings, second)
    with pytest.raises(MobilityError):
        burn_first_word(settings, second)


def test_the_start_prints_the_word_until_there_is_an_account(settings, capsys, monkeypatch):
    tell_first_word(settings)
    told = capsys.readouterr().err
    word = re.search(r"une seule fois : (\S+)", told)[1]
    assert "http://127.0.0.1:8000/premier-compte" in told
    assert f"tout le reste s'ouvre sur cette machine par cette adresse : http://127.0.0.1:8000/ouvrir/{word}\n" in told
    check_first_word(settings, word)
    tell_first_word(replace(settings, public_address="https://lot.example"))
    told = capsys.readouterr().err
    assert "restent fermés" in told
    word = re.search(r"une seule fois : (\S+)", told)[1]
    # The command opens it too; from then on no word is good, and none is printed.
    monkeypatch.setenv("MOBILITY_STATE", str(settings.state))
    add = ["accounts", "add", "chef@example.org", "--name", "Une responsable", "--role", "administrator"]
    assert CliRunner().invoke(mobility, add).exit_code == 0
    with pytest.raises(MobilityError):
        check_first_word(settings, word)
    tell_first_word(settings)
    assert not capsys.readouterr().err
    store = Store(settings.database_url)
    with store.reading() as tx:
        assert has_accounts(tx)


def test_an_account_made_meanwhile_shuts_the_door_to_the_word(site_of, settings):
    app = site_of()
    word, client = new_first_word(settings), app.test_client()
    assert client.get("/premier-compte").status_code == 200
    with store_of(app).writing() as tx:
        add_account(tx, "autre@example.org", "Une autre", [Grant(ADMINISTRATOR)], now=NOW)
    answer = client.post("/premier-compte", data={**OWNER, "mot": word}, headers=HERE)
    assert answer.status_code == 403
    assert "Le premier compte est déjà ouvert" in answer.get_data(as_text=True)
    assert len(accounts_of(app)) == 1
