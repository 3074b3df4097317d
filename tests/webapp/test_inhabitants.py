"""What whoever has no account finds: what concerns inhabitants, and nothing that would refuse them."""

import re

import pytest

from mobility.accounts import AGENT, PLANNER
from tests.webapp.test_accounts import account, signed_in
from webapp.server.policy import roles_for

PUBLIC = [
    "/", "/?de=Lherm", "/aller", "/aller?de=Lherm&pour=carte+grise", "/comprendre", "/choix", "/dates",
    "/dates?annule=2026-12-08", "/communes", "/communes/46171", "/a-savoir", "/me-faire-aider", "/trajets",
    "/manques", "/visite", "/methode", "/plan", "/telechargements", "/donnees", "/connexion", "/vos-donnees", "/arrets",
    "/historique",
]  # fmt: skip
PLANNERS = (
    "Un jour annulé",
    "Régler la saison",
    "Règle : ",
    "53 semaines",
    "semaine A",
    "calendrier scolaire officiel",
)


@pytest.fixture
def visitor(app):
    account(app, PLANNER)
    return app.test_client()


@pytest.mark.parametrize("address", PUBLIC)
def test_no_form_is_shown_that_would_be_refused(app, visitor, address):
    answer = visitor.get(address, follow_redirects=True)
    assert answer.status_code == 200
    router = app.url_map.bind("localhost")
    for form in re.findall(r"<form\b[^>]*>", answer.text):
        action = re.search(r'action="([^"?#]*)', form)
        method = re.search(r'method="(\w+)"', form)
        endpoint, _ = router.match(
            action[1] if action else answer.request.path, method=(method[1] if method else "get").upper()
        )
        assert roles_for(endpoint) == frozenset(), (address, form)


def test_the_dates_hold_planners_parts_for_planners_alone(app, visitor):
    for client in (visitor, signed_in(app, account(app, AGENT))):
        page = client.get("/dates?annule=2026-12-08").text
        assert "Toutes les dates" in page
        assert 'href="/comprendre#semaines"' in page
        assert not [words for words in PLANNERS if words in page]
    page = signed_in(app, "planner@example.org").get("/dates?annule=2026-12-08").text
    assert "Un jour annulé" in page
    assert "Régler la saison" in page


def test_the_rule_is_explained_where_the_calendar_is(visitor):
    page = visitor.get("/comprendre").text
    assert 'id="semaines"' in page
    assert "La semaine A tombe les semaines impaires du calendrier" in page
