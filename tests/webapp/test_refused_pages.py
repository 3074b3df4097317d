"""What whoever has signed in is told where a page is refused or not there: what they miss, the way to their day."""

import html
import re

import pytest

from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from tests.webapp.test_accounts import HERE, account, signed_in

DAY = 'href="/bureau/">Revenir à ma journée'


def said(answer):
    return re.sub(r"\s+", " ", html.unescape(answer.text)).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("role", "address", "missing"),
    [
        (AGENT, "/preparer", "« Planification du bus »"),
        (PLANNER, "/bureau/demandes", "« Bureau des trajets solidaires »"),
        (PLANNER, "/comptes/", "« Administration des comptes »"),
        (ADMINISTRATOR, "/a-savoir/ecrire", "« Planification du bus » ou « Bureau des trajets solidaires »"),
    ],
)
def test_who_misses_a_right_is_told_which(app, role, address, missing):
    answer = signed_in(app, account(app, role)).get(address)
    assert answer.status_code == 403
    assert f"Il manque à votre compte le droit {missing}." in said(answer)
    assert "Connectez-vous" not in answer.text
    assert DAY in answer.text


def test_what_is_refused_for_another_reason_asks_nobody_to_sign_in_again(app):
    client = signed_in(app, account(app, AGENT))
    answer = client.post("/bureau/chercher", data={"q": "Lherm"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Connectez-vous" not in answer.text
    assert "Il manque à votre compte" not in said(answer)
    assert DAY in answer.text


@pytest.mark.parametrize("address", ["/bureau/demandes/unknown", "/bureau/nulle-part", "/nulle-part"])
def test_what_is_not_there_leads_who_works_here_to_their_day(app, address):
    answer = signed_in(app, account(app, AGENT)).get(address)
    assert answer.status_code == 404
    assert DAY in answer.text
    public = app.test_client().get("/nulle-part")
    assert DAY not in public.text
    assert "Poser ma question" in public.text


def test_an_account_without_a_role_is_not_led_where_it_may_not_go(app):
    account(app, AGENT)
    answer = signed_in(app, account(app)).get("/preparer")
    assert "Il manque à votre compte le droit" in said(answer)
    assert DAY not in answer.text


def test_who_has_not_signed_in_is_told_to(app):
    account(app, AGENT)
    answer = app.test_client().post("/preparer", data={}, headers=HERE)
    assert answer.status_code == 403
    assert "Connectez-vous" in answer.text
