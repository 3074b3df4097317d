"""Forms given whatever comes: no page breaks."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
    ("POST", "/bureau/rappels"): ("appel",),
    ("POST", "/bureau/simulateur"): ("numero", "texte"),
    ("POST", "/preparer"): ("nom", "buses", "crew_start", "lock-stop-0", "lock-week-0", "max_visits", "near", "lon"),
    ("GET", "/preparer"): ("scenario", "buses"),
    ("POST", "/preparer/juger"): ("scenario", "buses", "lock-stop-0", "ban-week-1", "ban-stop-1", "near", "far", "lat"),
    ("GET", "/preparer/carte"): ("scenario",),
    ("GET", "/verifier"): ("scenario",),
    ("POST", "/verifier"): ("scenario", "nom", "garder", "visite|1|2|morning|bus-1", "visite|x|2|morning|bus-1"),
    ("GET", "/scenarios/comparer"): ("s", "km", "heure"),
    ("POST", "/comptes/"): ("mail", "nom", "role-agent", "structure"),
    ("POST", "/connexion"): ("mail", "mot-de-passe", "suite"),
    ("GET", "/connexion/proconnect/retour"): ("state", "code"),
    ("POST", "/mot-de-passe/oublie"): ("mail",),
    ("GET", "/bureau/"): ("jour", "faites", "perdues"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_form_breaks_a_page(client, form, data):
    method, where = form
    values = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(FORMS[form], ODD)))
    if form == ("POST", "/preparer"):
        # A problem that can be solved would start a search: an impossible field stops it at the form.
        values["area_floor"] = "x"
    told = {"query_string": values} if method == "GET" else {"data": values}
    answer = client.open(where, method=method, **told)
    assert answer.status_code < 500, answer.get_data(as_text=True)[:2000]
