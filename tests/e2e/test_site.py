"""The site in a real Chromium: stories told click by click, no foreign host, nothing for axe to find."""

import pytest

from tests.e2e.chromium import axe_finds_nothing, fits_a_telephone, needs_chromium, opened

KINDS = [
    "/", "/?de=Lherm", "/aller?de=Lherm&pour=Carte+grise", "/comprendre",
    "/communes/46044", "/preparer", "/verifier", "/routes", "/nowhere", "/cartes/calendrier", "/manques",
    "/donnees", "/aller?de=Bach&vers=Cahors&retour=16:00", "/connexion",
    "/solidaire?de=Lherm&vers=Cahors&retour=12:00", "/bureau/", "/bureau/demandes?jour=2026-12-01",
    "/bureau/telephone", "/scenarios",
    "/me-faire-aider",
]  # fmt: skip
"""One page of each kind."""
OTHERS = [
    "/communes", "/communes/46095", "/dates", "/vos-donnees", "/choix", "/telechargements",
    "/methode", "/arrets", "/cartes/besoin", "/cartes/couverture", "/manques?besoin=food&couche=walking",
    "/manques/methode", "/manques/carte", "/premier-compte",
     "/donnees/offres/territoire", "/donnees/offres/territoire/carte", "/aller",
    "/aller?de=Cahors&vers=Toulouse+Matabiau&heure=10:00&retour=16:00", "/aller?de=Lherm&pour=counter",
    "/aller/carte?de=Cahors&vers=Toulouse+Matabiau&heure=10:00", "/comptes/", "/reglages",
    "/comptes/journal/", "/mot-de-passe/oublie",
    "/solidaire/carte", "/bureau/personnes?voir=conducteurs", "/bureau/personnes", "/bureau/demandes",
    "/bureau/chercher",
    "/bureau/chiffres",
    "/historique", "/visite", "/plan", "/accessibilite", "/preparer/carte", "/a-savoir",
    "/a-savoir/ecrire",
]  # fmt: skip

pytestmark = needs_chromium


LIGHT = 500_000
"""Bytes of a first view, maps included."""


@pytest.mark.parametrize("where", [*KINDS, *(pytest.param(where, marks=pytest.mark.prove) for where in OTHERS)])
def test_page_is_fit_for_everyone(page, where):
    came = []

    def keep(request):
        came.append(request)

    page.on("requestfinished", keep)
    opened(page, where)
    sizes = [request.sizes() for request in came]
    assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) < LIGHT
    axe_finds_nothing(page)
    fits_a_telephone(page)


def test_an_aidant_finds_a_way_and_prints_it(page):
    opened(page, "/aller")
    page.get_by_label("Où habitez-vous ?").fill("labast")
    page.locator("#lieux option").first.wait_for(state="attached")
    page.get_by_label("Où habitez-vous ?").fill("Cahors")
    page.get_by_label("De quoi avez-vous besoin ?").fill("Toulouse Matabiau")
    page.get_by_text("Choisir le jour, l'heure, vos besoins particuliers").click()
    page.get_by_label("Jour").fill("2026-12-01")
    page.get_by_label("Retour après (facultatif)").fill("16:00")
    page.get_by_role("button", name="Voir la réponse").click()
    page.get_by_role("heading", name="Train").first.wait_for()
    frame = page.frame_locator("iframe").first
    frame.locator("path.leaflet-interactive").first.wait_for(state="attached")
    assert "leaflet-tile" in frame.locator(".leaflet-tile-pane").inner_html()
    link = page.get_by_role("link", name="Imprimer en grand").first.get_attribute("href")
    assert page.request.get(link).headers["content-type"] == "application/pdf"
    page.get_by_role("button", name="Rien ne convient ? Le dire, sans mon nom").click()
    assert "ce besoin est noté" in page.content()


@pytest.mark.prove
def test_an_agent_answers_a_call_by_keyboard_alone(page):
    opened(page, "/bureau/telephone")
    page.keyboard.type("06 39 10 00 77")
    page.keyboard.press("Enter")
    page.get_by_text("Numéro inconnu").wait_for()
    assert "0639" not in page.url
    # The cursor waits in the next question.
    assert page.evaluate("document.activeElement.id") == "de"
    page.keyboard.type("Bach")
    page.keyboard.press("Tab")
    page.keyboard.type("Cahors")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="À lire à la personne").wait_for()
    axe_finds_nothing(page)
    page.locator("#pourquoi").press("Alt+r")
    page.locator("#pourquoi").focus()
    page.keyboard.type("horaire du retour")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bureau/")
    assert "horaire du retour" in page.content()


@pytest.mark.prove
def test_a_planner_states_a_scenario_by_clicks(page):
    opened(page, "/preparer")
    frame = page.frame_locator("#carte-arrets")
    mark = frame.locator('a.stop[href="#arret-46095"]')
    mark.wait_for(state="attached")
    # A stop that is closed on the map is in the list, and opened again.
    mark.dispatch_event("click")
    page.get_by_role("button", name="fermer l'arrêt").click()
    assert page.locator("#ban-stop-0").input_value() == "46095"
    assert mark.get_attribute("aria-label") == "Espère, fermé"
    mark.dispatch_event("click")
    page.get_by_role("button", name="rouvrir").click()
    assert page.locator("#ban-stop-0").input_value() == ""
    # A stop of the map is put into a half-day of the grid.
    mark.dispatch_event("click")
    page.get_by_role("button", name="Imposer Espère jeudi après-midi, semaine B").click()
    assert [page.locator(f"#lock-{part}-0").input_value() for part in ("stop", "week", "weekday", "session")] == [
        "46095", "2", "4", "afternoon"
    ]  # fmt: skip
    page.locator("#apercu", has_text="ne respecte plus 1 règle").wait_for()
    # A visit of the calendar one starts from is kept where it is, by one click.
    visit = page.locator("button.visit").first
    visit.click()
    assert visit.get_attribute("aria-pressed") == "true"
    visit.click()
    assert visit.get_attribute("aria-pressed") == "false"
    # A half-day is closed in one week alone.
    page.get_by_label("Le bus sort vendredi matin, semaine B").uncheck()
    page.locator("#apercu", has_text="11 demi-journées").wait_for()
    axe_finds_nothing(page)
    page.get_by_role("button", name="Chercher le meilleur calendrier").click()
    page.get_by_text("Optimal, prouvé").wait_for(timeout=120_000)
    assert "Espère" in page.get_by_role("row", name="Jeudi après-midi").inner_text()


@pytest.mark.prove
def test_a_planner_compares_two_scenarios(page):
    opened(page, "/preparer")
    frame = page.frame_locator("#carte-arrets")
    mark = frame.locator('a.stop[href="#arret-46095"]')
    mark.wait_for(state="attached")
    mark.dispatch_event("click")
    page.get_by_role("button", name="imposer un passage").click()
    assert page.locator("#lock-stop-0").input_value() == "46095"
    page.get_by_label("Nom du scénario (facultatif)").fill("Espère imposé")
    page.get_by_role("button", name="Chercher le meilleur calendrier").click()
    page.get_by_text("Optimal, prouvé").wait_for(timeout=120_000)
    opened(page, "/scenarios")
    page.get_by_label("Comparer Espère imposé").check()
    page.get_by_label("Comparer le calendrier en vigueur").check()
    page.get_by_role("button", name="Comparer les calendriers choisis").click()
    page.get_by_text("Coût par an").wait_for()
    assert page.locator("iframe").count() == 2


@pytest.mark.prove
def test_a_newcomer_is_shown_around(page):
    opened(page, "/visite")
    page.get_by_role("button", name="Retirer l'exemple").click()
    page.get_by_role("button", name="Charger l'exemple").click()
    page.get_by_text("Des conducteurs et des demandes inventés sont chargés").wait_for()
    stages = page.locator(".tour a")
    addresses = [stages.nth(number).get_attribute("href") for number in range(stages.count())]
    assert len(addresses) == 14
    for where in addresses:
        assert page.request.get(where).status == 200, where
    opened(page, addresses[0])
    page.get_by_text("Données d'exemple").wait_for()


def test_a_data_user_follows_the_link_to_a_file(page):
    opened(page, "/donnees")
    page.get_by_role("link", name="Exemples à copier").click()
    assert "geopandas" in page.content()
    opened(page, "/donnees")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger la version en cours").first.click()
    assert download.value.suggested_filename.endswith(".zip")


def test_the_map_shows_what_the_list_says(page):
    opened(page, "/comprendre")
    numbers = page.locator(".stops .num").all_inner_texts()
    frame = page.frame_locator("iframe").first
    frame.locator("a.stop").first.wait_for()
    assert sorted(frame.locator("a.stop").all_inner_texts()) == sorted(numbers)
    frame.locator("a.stop", has_text="1").first.click()
    page.wait_for_url("**/communes/*")
    assert "Prochains passages" in page.content()


def test_an_inhabitant_finds_the_next_date(page):
    opened(page, "/comprendre")
    page.get_by_label("Quand le bus passe-t-il").fill("caillac")
    page.get_by_role("button", name="Voir les dates").click()
    assert page.locator("h1").inner_text() == "Le bus à Caillac"
    assert "vendredi 11 décembre" in page.locator(".dates li").first.inner_text()


def test_the_keyboard_reaches_the_content(page):
    opened(page, "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


WALKED = [
    "/",
    "/comprendre",
    "/aller?de=Bach&vers=Cahors&retour=16:00",
    "/bureau/telephone",
    "/preparer",
    "/scenarios",
    "/plan",
]


@pytest.mark.prove
@pytest.mark.parametrize("where", WALKED)
def test_the_keyboard_walks_through_and_is_seen(page, where):
    """RGAA 10.7, 12.8 and 12.9: what has the focus shows it, in the order of the page, and nothing holds it."""
    opened(page, where)
    places, unseen = [], []
    for _ in range(400):
        page.keyboard.press("Tab")
        at, style, words = page.evaluate("""() => {
            const here = document.activeElement;
            const all = Array.from(document.querySelectorAll('*'));
            const style = getComputedStyle(here);
            const seen = here.tagName === 'IFRAME' || (style.outlineStyle !== 'none' && style.outlineWidth !== '0px');
            return [here === document.body ? -1 : all.indexOf(here), seen, here.outerHTML.slice(0, 90)];
        }""")
        if at == -1 or (places and at == places[0]):
            break
        if not style:
            unseen.append(words)
        places.append(at)
    else:
        raise AssertionError("the keyboard never comes round")
    assert len(set(places)) > 8
    assert not unseen
    # A frame keeps the focus while what is inside is walked through.
    order = [at for number, at in enumerate(places) if number == 0 or at != places[number - 1]]
    assert order == sorted(order)


def test_a_map_tells_its_language_and_hides_its_decoration(page):
    """RGAA 1.2, 8.4 and 8.8."""
    opened(page, "/cartes/calendrier")
    page.locator("canvas").first.wait_for(state="attached")
    told = page.evaluate("Array.from(document.querySelectorAll('[lang]'), part => part.lang)")
    assert set(told) == {"fr"}
    shown = "Array.from(document.querySelectorAll('canvas')).filter(part => !part.closest('[aria-hidden=true]')).length"
    assert page.evaluate(shown) == 0


@pytest.mark.prove
@pytest.mark.parametrize("where", WALKED)
def test_text_may_be_spaced_out(page, where):
    """RGAA 10.12: lines, paragraphs, letters and words spaced by the reader lose nothing."""
    opened(page, where)
    page.set_viewport_size({"width": 320, "height": 640})
    cut = page.evaluate("""() => {
        const wide = {lineHeight: '1.5', letterSpacing: '0.12em', wordSpacing: '0.16em'};
        for (const part of document.querySelectorAll('main, main *')) Object.assign(part.style, wide);
        for (const part of document.querySelectorAll('p')) part.style.marginBottom = '2em';
        const hides = part => ['hidden', 'clip'].includes(getComputedStyle(part).overflowX);
        return Array.from(document.querySelectorAll('main *'))
            .filter(part => part.tagName !== 'INPUT' && hides(part) && part.clientWidth > 1)
            .filter(part => part.scrollWidth > part.clientWidth + 1)
            .map(part => part.outerHTML.slice(0, 90));
    }""")
    assert not cut
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.prove
def test_a_planner_locks_a_stop_and_sees_the_proof(page):
    opened(page, "/preparer")
    page.locator("#lock-stop-0").select_option("46095")
    page.locator("#lock-weekday-0").select_option("2")
    page.get_by_role("button", name="Chercher le meilleur calendrier").click()
    page.get_by_text("Optimal, prouvé").wait_for(timeout=120_000)
    rows = page.get_by_role("row", name="Mardi").all_inner_texts()
    assert any("Espère" in row for row in rows)


@pytest.mark.prove
def test_a_planner_in_conflict_is_told_why(page):
    opened(page, "/preparer")
    page.locator("#lock-stop-0").select_option("46095")
    page.locator("#ban-stop-0").select_option("46095")
    page.get_by_role("button", name="Chercher le meilleur calendrier").click()
    alert = page.get_by_role("alert")
    alert.wait_for(timeout=120_000)
    assert "le passage imposé à Espère" in alert.inner_text()


def test_every_edit_of_the_grid_is_judged_at_once(page):
    opened(page, "/verifier")
    assert "Toutes les règles sont respectées" in page.locator("#verdict").inner_text()
    cells = page.locator("#grille select")
    for number in range(3):
        cells.nth(number).select_option("46095")
    page.locator("#verdict .trouble", has_text="Espère reçoit").wait_for()


@pytest.mark.prove
def test_works_without_scripts(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/comprendre")
    assert page.locator(".stops li").count() >= 8
    page.goto("/")
    page.get_by_label("Où habitez-vous ?").fill("Cahors")
    page.get_by_label("De quoi avez-vous besoin ?").fill("Toulouse Matabiau")
    page.get_by_role("button", name="Voir la réponse").click()
    page.get_by_role("heading", name="Train").first.wait_for()
    page.goto("/bureau/telephone")
    page.get_by_label("2. D'où partez-vous ?").fill("Bach")
    page.get_by_label("3. Où allez-vous ?").fill("Cahors")
    page.locator("#contenu").get_by_role("button", name="Chercher", exact=True).click()
    page.get_by_role("heading", name="À lire à la personne").wait_for()
    page.goto("/verifier")
    page.locator("#grille select").first.select_option("46095")
    page.get_by_role("button", name="Vérifier la grille").click()
    assert page.locator("#verdict").inner_text()
    page.goto("/preparer")
    page.get_by_label("Le bus sort vendredi matin, semaine B").uncheck()
    page.locator("#lock-stop-0").select_option("46095")
    page.get_by_role("button", name="Chercher le meilleur calendrier").click()
    for _ in range(90):
        again = page.get_by_role("link", name="Voir où en est le calcul")
        if not again.count():
            break
        again.click()
        page.wait_for_timeout(1000)
    page.get_by_text("Optimal, prouvé").wait_for()
    context.close()


@pytest.mark.prove
def test_an_agent_matches_a_day_and_a_driver_says_yes(visit, running):
    page = visit(running()[1])
    opened(page, "/bureau/demandes?jour=2026-12-01")
    page.get_by_label("Mettre en relation les demandes en attente, sur").select_option("7 jours")
    page.get_by_role("button", name="Chercher les meilleures réponses").click()
    page.get_by_role("button", name="Accepter et préparer les propositions").click(timeout=120_000)
    assert "à dire au téléphone" in page.content()
    opened(page, "/bureau/telephone")
    page.get_by_label("2. D'où partez-vous ?").fill("labast")
    page.locator("#lieux option").first.wait_for(state="attached")
    assert "Labastide-Marnhac" in page.locator("#lieux").inner_html()
    page.get_by_label("2. D'où partez-vous ?").fill("Bach")
    page.get_by_label("3. Où allez-vous ?").fill("cahors")
    page.get_by_label("4. Quel jour ?").fill("2026-12-03")
    page.locator("#contenu").get_by_role("button", name="Chercher", exact=True).click()
    last = page.locator("section.panel", has=page.get_by_role("heading", name="Sinon"))
    last.get_by_label("Nom").fill("Une habitante de Bach")
    last.get_by_role("button", name="Garder la demande").click()
    assert "vous prend vers" in page.content()
