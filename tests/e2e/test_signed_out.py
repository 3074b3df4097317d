"""What a browser still shows once its visitor has signed out: nothing, not by the back button either."""

import pytest
from playwright.sync_api import Browser

from data.accounts import add_account
from desks.accounts.passwords import choose_password
from mobility.accounts import AGENT, Grant
from tests.conftest import NOW
from tests.e2e.chromium import CHROMIUM

PASSWORD = "un bus jaune passe mardi"


@pytest.mark.prove
def test_the_way_back_after_signing_out_shows_nothing(running, browser: Browser):
    app, address = running()
    store = app.extensions["wired"].house().store
    with store.writing() as tx:
        agent = add_account(tx, "agent@example.org", "Un accueil", [Grant(AGENT)], now=NOW)
    choose_password(store, agent, PASSWORD)
    # Playwright turns off what keeps pages whole for the way back: here it is what is tried, in a browser of its own.
    keeping = browser.browser_type.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"],
        ignore_default_args=["--disable-back-forward-cache"],
    )  # fmt: skip
    page = keeping.new_page(base_url=address)
    page.set_default_timeout(120_000)
    page.goto("/connexion")
    page.get_by_label("Adresse de courriel").fill("agent@example.org")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.goto("/bureau/demandes")
    assert "Demandes" in page.title()
    page.goto("/bureau/personnes")
    page.locator("summary", has_text="Mon compte").first.click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{address}/")
    for _ in range(2):
        page.go_back()
        page.wait_for_url("**/connexion?suite=**")
        assert page.get_by_role("button", name="Se déconnecter").count() == 0
    keeping.close()
