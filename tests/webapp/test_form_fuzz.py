"""Forms given whatever comes: no page breaks, and none repeats a script that it was given."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desks.settings import Settings, default_territory
from tests.conftest import NOW
from webapp.app import create_app

ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from([
        "", "²", "-1", "99999999999", "NaN", "2026-02-30", "9999-12-31", "0001-01-01", "25:61", "12:00", "00:00",
        "24:00", "Cahors", "Bach", "Lherm", "1.44,44.45", "999,999", "on", "arriver", "partir", "health", "\x00",
        "<script>", "' OR 1=1", "2026-12-01", "actuel", "46095", "lock:46095", "3", "0639100001", "+33",
    ]),
)  # fmt: skip
FORMS = {
    ("GET", "/aller"): ("de", "vers", "pour", "jour", "sens", "heure", "retour", "accompagnants", "souhait-wheelchair"),
    ("GET", "/aller/carte"): ("de", "vers", "jour", "heure", "choix"),
    ("GET", "/solidaire"): ("de", "vers", "jour", "sens", "heure", "retour", "accompagnants", "motif"),
    ("POST", "/aller/besoin"): ("de", "vers", "pour", "jour", "heure"),
    ("GET", "/bureau/telephone"): ("telephone", "appel"),
    ("POST", "/bureau/telephone"): (
        "acte", "telephone", "de", "vers", "jour", "heure", "retour", "motif", "critere", "nom", "choix", "appel",
        "jusqua",
    ),
    ("POST", "/bureau/fait"): ("appel", "acte"),
    ("POST", "/bureau/chercher"): ("q",),
    ("POST", "/tableau"): ("table", "forme"),
    ("POST", "/bureau/simulateur"): ("numero", "texte"),
    ("POST", "/preparer"): ("nom", "buses", "crew_start", "lock-stop-0", "lock-week-0", "max_visits", "near", "lon"),
    ("GET", "/preparer"): ("scenario", "buses"),
    ("POST", "/preparer/juger"): ("scenario", "buses", "lock-stop-0", "ban-week-1", "ban-stop-1", "near", "far", "lat"),
    ("GET", "/preparer/carte"): ("scenario",),
    ("GET", "/verifier"): ("scenario",),
    ("POST", "/verifier"): ("scenario", "nom", "garder", "visite|1|2|morning|bus-1", "visite|x|2|morning|bus-1"),
    ("GET", "/scenarios/comparer"): ("s", "km", "heure"),
    ("POST", "/comptes/"): ("mail", "nom", "role-agent", "structure"),
    ("POST", "/premier-compte"): ("mot", "mail", "nom", "role-agent"),
    ("POST", "/connexion"): ("mail", "mot-de-passe", "suite"),
    ("GET", "/connexion/proconnect/retour"): ("state", "code"),
    ("POST", "/mot-de-passe/oublie"): ("mail",),
    ("POST", "/a-savoir/ecrire"): ("titre", "texte", "gravite", "ou", "ligne", "commune", "du", "au", "acte"),
    ("GET", "/bureau/"): ("jour", "voir", "fait"),
    ("GET", "/bureau/demandes"): ("jour", "etat", "personne", "page", "faites", "perdues"),
}  # fmt: skip


@pytest.mark.prove
@pytest.mark.parametrize("form", FORMS, ids=" ".join)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_form_breaks_a_page(client, form, data):
    method, where = form
    values = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(FORMS[form], ODD)))
    if form == ("POST", "/preparer"):
        # A problem that can be solved would start a search: an impossible field stops it at the form.
        values["area_floor"] = "x"
    told = {"query_string": values} if method == "GET" else {"data": values}
    answer = client.open(where, method=method, **told)
    assert answer.status_code < 500, answer.text[:2000]
    assert "<script>" not in answer.text


STARTS_LONG_WORK = {"desk.batch", "desk.look_for_drivers", "prepare.start"}
"""Their forms are fuzzed above, or hold two dates that are read like all others."""
KNOWN = ["unknown", "0", "46044", "46095", "carte", "current", "trains", "plan.json", "1", "²", "a b", "%00"]
PIECES = st.one_of(
    st.sampled_from(KNOWN),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=20),
)
WORDS = st.dictionaries(st.sampled_from(["q", "s", "jour", "acte", "nom", "x"]), ODD, max_size=3)


def stands_all(client, rule, method):
    """Ask one rule by one method for odd things: never a fault of the server."""
    whole = re.findall(r"<int:(\w+)>", rule.rule)

    @settings(max_examples=4, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def stands(data):
        parts = {name: "7" if name in whole else data.draw(PIECES) for name in rule.arguments}
        where, words = rule.build(parts)[1], data.draw(WORDS)
        told = {"query_string": words} if method == "GET" else {"data": words}
        answer = client.open(where, method=method, **told)
        assert answer.status_code < 500, (rule.rule, method, where, words)
        if answer.mimetype == "text/html":
            assert "<script>" not in answer.text, (rule.rule, method, where, words)

    stands()


@pytest.mark.prove
def test_no_address_breaks_whatever_it_is_asked(state):
    """With a telephone provider set: where there is none, its addresses say so by 503."""
    app = create_app(Settings(default_territory(), state, inbound_secret="secret"), clock=lambda: NOW)
    client, asked = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in STARTS_LONG_WORK or rule.endpoint == "static":
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            stands_all(client, rule, method)
            asked += 1
    app.extensions["wired"].jobs.close()
    assert asked > 100
