"""Every word of the example is good French: pages as each role sees them, messages, what is said, files one reads."""

import html
import importlib
import pkgutil
import random
import re
import shutil
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import typst

from data.accounts import account_with_mail
from data.people import persons_with_telephone
from desks.outbox.wording import Wordings
from desks.rides.messages import RideFacts
from desks.settings import Settings, default_territory
from mobility.access import DAILY_ERRANDS
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from mobility.clock import HOUR
from mobility.consent import MEMORY_CONSENT
from mobility.messages import PURPOSES, Message
from mobility.rides import BACK, OUT, TimedRide
from tests.conftest import NOW
from tests.webapp import french_faults as faults
from tests.webapp.same_names import same_names
from tests.webapp.test_accounts import HERE, account, signed_in
from webapp import words
from webapp.app import create_app
from webapp.opening import ZONE, join_wording
from webapp.pages import spoken_menu
from webapp.words import french, handed_over, imports, journal, people, rides
from webapp.words.errors import error_words
from webapp.words.rides import ABILITIES
from webapp.words.typography import bound, bound_page

NBSP = french.NBSP
TOLD_OF = ("Le Montat", "Les Junies", "Escamps", "Arcambal", "Esclauzels", "Lherm")
"""Communes whose names take an article, an elision, or neither."""
QUESTIONS = [
    "/aller?de={}&vers=Cahors&jour=2026-12-01&heure=10:00&retour=16:00", "/aller?de=Cahors&vers={}",
    "/solidaire?de={}&vers=Cahors&jour=2026-12-01", "/?de={}",
    *(f"/aller?de={{}}&pour={errand.id}" for errand in DAILY_ERRANDS),
]  # fmt: skip
WRONG = ["/nowhere", "/aller?de=Nulle+part&vers=Bach", "/communes/00000", "/manques?besoin=none"]
SENT = {
    "/bureau/telephone": {"telephone": "0639100001", "de": "Les Junies", "vers": "Le Montat"},
    "/bureau/chercher": {"q": "Escamps"},
    "/preparer": {"buses": "0", "lock-stop-0": "46095"},
    "/comptes/": {"mail": "x"},
    "/a-savoir/ecrire": {"titre": ""},
}
"""Forms whose answer is a page of its own."""
ALIKE = 2
"""Pages of one kind that are read: the tenth person's file has the words of the first."""


@pytest.fixture(scope="module")
def site(example_state, tmp_path_factory):
    """The site of the example, with an account for each role."""
    state = shutil.copytree(example_state, tmp_path_factory.mktemp("words") / "state")
    app = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW)
    for role in (ADMINISTRATOR, AGENT, PLANNER):
        account(app, role, mail=f"{role}@example.org")
    yield app
    app.extensions["wired"].jobs.close()


def walked(client, first):
    """The pages that one comes to from some addresses by their links, a few of each kind."""
    found, kinds, waiting = {}, {}, list(first)
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"=[^&]*|\d+(?:\w*\d)*|\w*\d\w*", "#", address)
        if address in found or kinds.get(kind, 0) >= ALIKE:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(address)
        if answer.status_code in {301, 302, 303, 308}:
            waiting.append(answer.headers["Location"])
        elif answer.mimetype == "text/html":
            found[address] = answer.data.decode()
            links = [html.unescape(link).partition("#")[0] for link in re.findall(r' href="([^"]+)"', answer.text)]
            links = [address.partition("?")[0] + link if link.startswith("?") else link for link in links]
            waiting += [
                link for link in links
                if link.startswith("/") and not re.match(r"/(static|donnees/.*[.]|telecharger|sortir)|.*tableau=", link)
            ]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def sources(site):
    """The HTML of every page, by who reads it and address."""
    asked = [question.format(name.replace(" ", "+")) for question in QUESTIONS for name in TOLD_OF]
    names = site.extensions["wired"].house().ground.commune_names()
    # One commune in five, and those whose names are told apart: the others' pages have the same words.
    communes = [
        f"/communes/{insee}" for number, (insee, name) in enumerate(sorted(names.items()))
        if name in TOLD_OF or number % 5 == 0
    ]  # fmt: skip
    everyone = site.test_client()
    found = {f"everyone {address}": text for address, text in walked(everyone, ["/"]).items()}
    for address in [*asked, *communes, *WRONG]:
        found[f"everyone {address}"] = everyone.get(address, follow_redirects=True).data.decode()
    for role in (ADMINISTRATOR, AGENT, PLANNER):
        client = signed_in(site, f"{role}@example.org")
        seen = {**walked(client, ["/bureau/"]), **_sent(client)}
        found.update({f"{role} {address}": text for address, text in seen.items()})
    assert len(found) > 200
    # A question whose place no page reads would show one page many times over.
    for question in QUESTIONS:
        told = [found[f"everyone {question.format(name.replace(' ', '+'))}"] for name in TOLD_OF]
        assert len({tuple(faults.lines_of(text)) for text in told}) == len(TOLD_OF), question
    return found


@pytest.fixture(scope="module")
def pages(sources):
    """The lines of words of every page, by who reads it and address."""
    return {address: faults.lines_of(text) for address, text in sources.items()}


@pytest.fixture(scope="module")
def shown(sources):
    """The same without what is only read out, which no line breaks."""
    return {address: faults.lines_of(text, said=()) for address, text in sources.items()}


def _sent(client):
    answers = {address: client.post(address, data=fields, headers=HERE) for address, fields in SENT.items()}
    return {f"POST {a}": answer.data.decode() for a, answer in answers.items() if answer.mimetype == "text/html"}


@pytest.fixture(scope="module")
def messages(site):
    """The lines of messages of every purpose, with facts drawn at random."""
    house = site.extensions["wired"].house()
    wording = join_wording(house.settings, house.rides)
    drawn = random.Random(14)
    names = list(house.ground.commune_names().values())
    found = {}
    for purpose in wording.by_purpose:
        for turn in range(40):
            with house.store.reading() as tx:
                someone = persons_with_telephone(tx, "0639100003")[0].id
                own = account_with_mail(tx, f"{AGENT}@example.org").id
                message = Message("", purpose, _facts(drawn, names), NOW, person=someone, account=own)
                told = wording.text(tx, message, NOW)
            found[f"{purpose} {turn}"] = [line for line in (told.subject, *told.text.split("\n")) if line]
    return found


def _facts(drawn, names):
    origin, destination = drawn.sample(names, 2)
    pickup = drawn.randrange(5 * HOUR, 21 * HOUR)
    rides = [TimedRide(half, pickup, pickup + drawn.randrange(300, 5000), 12_345.6) for half in (OUT, BACK)]
    ride = RideFacts(
        date(2026, 1, 1) + timedelta(drawn.randrange(365)), origin, destination, drawn.randrange(1, 4),
        tuple(drawn.sample(sorted(ABILITIES), drawn.randrange(3))), tuple(rides[: drawn.randrange(3)]),
    )  # fmt: skip
    return {
        "ride": ride.document(), "drives": drawn.random() < 0.5, "searching": drawn.random() < 0.5,
        "sender": drawn.choice(["Amandine", "Paul"]), "partner": "Une autre plateforme", "text": "Je serai là.",
        "request": "5d0c2f6a9b3e4817", "day": ride.day.isoformat(),
    }  # fmt: skip


@pytest.fixture(scope="module")
def spoken(site):
    """What a caller hears: the menu, and the next bus of each commune."""
    house = site.extensions["wired"].house()
    keys = {letter: str(key) for key, letters in enumerate(
        ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), 2) for letter in letters}  # fmt: skip
    with site.test_request_context():
        found = {"first": spoken_menu.first_step(house, "/x").say}
        for key in "0123":
            found[f"key {key}"] = spoken_menu.next_step(house, "/x", "0639100777", key, {}).say
        for name in house.ground.commune_names().values():
            typed = "".join(keys.get(letter, "") for letter in french.folded(name))[:4]
            step = spoken_menu.next_step(house, "/x", "0639100777", typed, {"question": "commune"})
            found[name] = step.say
    return {where: list(said) for where, said in found.items()}


@pytest.fixture(scope="module")
def files(site):
    """What is read of files: calendars and feeds."""
    client = site.test_client()
    found = {}
    for address in ("/a-savoir.atom", "/donnees/changements.atom", "/communes/46256/a-savoir.atom"):
        text = client.get(address).text
        found[address] = [
            line for told in re.findall(r"<(?:title|summary)[^>]*>([^<]*)<", text)
            for line in html.unescape(told).split("\n")
        ]  # fmt: skip
    for address in ("/telecharger/calendrier.ics", "/communes/46256/calendrier.ics"):
        text = re.sub(r"\r\n ", "", client.get(address).text)
        told = re.findall(r"^(?:SUMMARY|DESCRIPTION|LOCATION|X-WR-CALNAME)[^:\r]*:([^\r]*)", text, re.MULTILINE)
        found[address] = [re.sub(r"\\([,;])", r"\1", line) for one in told for line in one.split("\\n")]
    assert all(found.values())
    return found


PRINTS = {
    "poster": "/communes/{insee}/affiche.pdf", "driver_call": "/bureau/appel/{insee}/2/morning.pdf?personnes=12",
    "road_book": "/telecharger/feuille-de-route.pdf", "way_sheet": "/aller/fiche.pdf?de={name}&pour=health",
}  # fmt: skip


@pytest.fixture(scope="module")
def prints(site):
    """The lines of words of every print, as its typesetter would set them."""
    client, found = signed_in(site, f"{AGENT}@example.org"), {}
    with pytest.MonkeyPatch.context() as patch:
        typist = PageTypist()
        patch.setattr("webapp.exports.typeset.typst", typist)
        for insee, name in site.extensions["wired"].house().ground.commune_names().items():
            if name in TOLD_OF:
                for kind, address in PRINTS.items():
                    asked = address.format(insee=insee, name=name.replace(" ", "+"))
                    client.get(asked)
                    found.update({f"{kind} {asked} {n}": page for n, page in enumerate(typist.taken())})
    assert {where.split()[0] for where in found} == set(PRINTS)
    return {where: faults.lines_of(page) for where, page in found.items()}


class PageTypist:
    """Typst, but that it sets its documents as web pages: what stands in a corner or a footer stands in the text."""

    def __init__(self):
        self._pages = []

    def compile(self, content, **_):
        source = content["main.typ"].decode()
        footer = re.search(r"footer: context \[(.*?)\n  \]", source, re.DOTALL)
        flow = "#let place(_, body) = body\n#let grid(..cells) = cells.pos().join(parbreak())\n"
        told = re.sub(r"#set.*|#counter.*", "", footer[1]) if footer else ""
        whole = {**content, "main.typ": f"{flow}{source}\n\n{told}".encode()}
        self._pages.append(typst.compile(whole, format="html", ignore_system_fonts=True).decode())
        return b"%PDF"

    def taken(self):
        """Return the pages set since the last time."""
        taken, self._pages = self._pages, []
        return taken


def _strings(value):
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return chain.from_iterable(map(_strings, value.values()))
    return []


CODES = {"RIDE_ERRANDS"}
"""Tables of words that lead from one code to another."""


@pytest.fixture(scope="module")
def kept():
    """The sentences of the tables of words and of errors, with something in each gap."""
    found = {"errors": list(_strings(error_words()))}
    for module in pkgutil.iter_modules(words.__path__):
        loaded = importlib.import_module(f"webapp.words.{module.name}")
        found[module.name] = list(
            _strings(
                {
                    name: told
                    for name, told in vars(loaded).items()
                    if isinstance(told, dict) and name.isupper() and name not in CODES
                }
            )
        )
    return {where: [re.sub(r"\{\w+\}", "12", line) for line in lines] for where, lines in found.items()}


RULES = {
    "elisions": faults.elisions, "articles": faults.articles, "plurals": faults.plurals, "hours": faults.hours,
    "english": faults.english, "leftovers": faults.leftovers, "doubled": faults.doubled, "units": faults.units,
}  # fmt: skip


@pytest.fixture(scope="module")
def names(site):
    """The names of communes, but for those that are ordinary words too (Vers, Cours)."""
    every = site.extensions["wired"].house().ground.commune_names().values()
    return [name for name in every if name not in {"Vers", "Cours"}]


def each_once(found):
    """Each line of what is read, with one place where it stands: heads and feet are the same on every page."""
    return {line: where for where, told in found.items() for line in told}


@pytest.mark.parametrize("what", ["pages", "messages", "spoken", "files", "prints", "kept"])
@pytest.mark.parametrize("rule", [*RULES, "lowered"])
def test_no_fault(what, rule, names, request):
    look = RULES.get(rule) or faults.lowered(names)
    lines = each_once(request.getfixturevalue(what))
    assert lines
    assert not {line: (where, found) for line, where in lines.items() if (found := look(line))}


@pytest.mark.parametrize("what", ["shown", "messages", "files", "prints"])
def test_no_line_breaks_before_a_sign(what, request):
    lines = each_once(request.getfixturevalue(what))
    assert any(f"{NBSP}:" in line for line in lines)
    assert not {line: (where, found) for line, where in lines.items() if (found := faults.spaces(line))}


def test_no_week_is_called_even_but_where_that_is_chosen(pages, files):
    """Two odd weeks follow each other after a year of 53: a reader is told dates, or "une semaine sur deux"."""
    told = {
        where
        for where, lines in {**pages, **files}.items()
        for line in lines
        if re.search(r"\bsemaines? (im)?paires?\b", line)
    }
    assert {where.split()[-1].partition("?")[0] for where in told} == {"/dates", "/comprendre"}


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        ("elisions", "Près de Escamps", "Près d'Escamps, de Lherm et de onze autres"),
        ("elisions", "Dites-nous si il vient", "Dites-nous s'il vient"),
        ("articles", "Le bus à Le Montat", "Le bus au Montat"),
        ("articles", "Au départ de Les Junies", "Au départ des Junies, pour les lire et les voir"),
        ("articles", "à le bourg", "à les lire"),
        ("plurals", "1 annulations", "1 annulation, 2 annulations"),
        ("plurals", "0 scénarios", "0 scénario, 10 scénarios, 1 fois, à 17 h 00 vous partez"),
        ("plurals", "scénario(s)", "scénarios (deux)"),
        ("hours", "à 16h29", "à 16 h 29"),
        ("hours", "à 16:29", "16 : 29"),
        ("hours", "le 2026-12-01", "le 1er décembre 2026"),
        ("english", "Votre ride est unknown", "Votre trajet est inconnu, voir stops.txt et /ride/error"),
        ("leftovers", "Bonjour {name}", "Bonjour (vous)"),
        ("leftovers", "None km", "Non, nones"),
        ("units", "à 16 h 29", f"à 16{NBSP}h{NBSP}29, dans 2 heures"),
        ("units", "à 3 km", f"à 3{NBSP}km, 3 minutes après"),
        ("spaces", "Pourquoi ?", f"Pourquoi{NBSP}? http://x, 12:30"),
        ("spaces", "« oui »", f"«{NBSP}oui{NBSP}»"),
        ("spaces", f"14{NBSP}h{NBSP}–{NBSP}17{NBSP}h", f"14{NBSP}h{NBSP}–\u2060{NBSP}17{NBSP}h, Lherm – Bach"),
        ("doubled", "le le bus", "nous nous voyons, 2 2"),
    ],
)
def test_each_rule_finds_its_fault_and_no_other(rule, wrong, right):
    look = RULES.get(rule) or faults.spaces
    assert look(wrong)
    assert not look(right)


def test_a_name_with_a_small_letter_is_found():
    look = faults.lowered(["Arcambal", "Le Montat", "Saint-Cirq-Lapopie"])
    assert look("À arcambal et à saint-Cirq-Lapopie, pour le Montat") == ["arcambal", "saint-Cirq-Lapopie", "le Montat"]
    assert look("À Arcambal, au Montat ; https://example.org/arcambal, mairie@arcambal.fr") == []


def test_what_a_page_shows_is_read_and_what_it_hides_is_not():
    page = (
        "<title>Un</title><p>Deux <b>mots</b></p><script>false</script><code>None</code><p lang='en'>The bus</p>"
        "<img alt='Trois'><a aria-label='Quatre' href='/error'>ici</a>"
    )
    assert faults.lines_of(page) == ["Un", "Deux mots", "………", "Trois", "Quatre", "ici"]


def test_every_purpose_of_a_message_is_worded(site):
    house = site.extensions["wired"].house()
    wording = join_wording(house.settings, house.rides)
    assert isinstance(wording, Wordings)
    assert set(wording.by_purpose) == set(PURPOSES)


@pytest.mark.parametrize(
    ("name", "at", "of"),
    [
        ("Escamps", "à Escamps", "d'Escamps"), ("Le Montat", "au Montat", "du Montat"),
        ("Les Junies", "aux Junies", "des Junies"), ("Lherm", "à Lherm", "de Lherm"),
        ("La Capelle", "à La Capelle", "de La Capelle"), ("Évreux", "à Évreux", "d'Évreux"),
        ("Leyme", "à Leyme", "de Leyme"), ("Yvetot", "à Yvetot", "d'Yvetot"),
        ("Gare de Cahors", "à la gare de Cahors", "de la gare de Cahors"),
        ("la gare de Cahors", "à la gare de Cahors", "de la gare de Cahors"),
        ("Centre Hospitalier Jean Rougier", "au centre hospitalier Jean Rougier", "du centre hospitalier Jean Rougier"),
        ("Hôpital", "à l'hôpital", "de l'hôpital"), ("Lycée Gaston Monnerville",  "au lycée Gaston Monnerville",
        "du lycée Gaston Monnerville"), ("Mairie", "à la mairie", "de la mairie"),
        ("Place du Marché", "à la place du Marché", "de la place du Marché"),
        ("Commerces du Montat", "aux commerces du Montat", "des commerces du Montat"),
    ],
)  # fmt: skip
def test_names_of_places_take_their_articles(name, at, of):
    assert (french.at_place(name), french.of_place(name)) == (at, of)


def test_telephone_numbers_stay_on_one_line():
    assert bound(f"au {french.telephone_words('0639100015')}.") == "au 06\xa039\xa010\xa000\xa015."
    # What a form sends is as it was.
    page = bound_page('<input value="06 39 10 00 15">06 39 10 00 15')
    assert page.startswith('<input value="06 39 10 00 15">06\xa039')


def test_numbers_take_their_plural_from_two_on():
    assert [french.counted(n, "offre") for n in (0, 1, 2)] == ["0 offre", "1 offre", "2 offres"]
    assert french.counted(3, "autre cheval", "autres chevaux") == "3 autres chevaux"


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        (datetime(2026, 1, 15, 16, 29, tzinfo=ZoneInfo("UTC")), "jeudi 15 janvier à 17 h 29"),
        (datetime(2026, 7, 15, 16, 29, tzinfo=ZoneInfo("UTC")), "mercredi 15 juillet à 18 h 29"),
        (datetime(2026, 7, 15, 22, 30, tzinfo=ZoneInfo("UTC")), "jeudi 16 juillet à 0 h 30"),
    ],
)
def test_an_instant_is_told_by_the_clocks_of_the_territory(instant, told):
    assert french.instant_words(instant, ZONE).replace(NBSP, " ") == told


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        (datetime(2026, 11, 30, 23, 0, tzinfo=ZoneInfo("UTC")), "lundi 30 novembre à minuit"),
        (datetime(2026, 7, 15, 22, 0, tzinfo=ZoneInfo("UTC")), "mercredi 15 juillet à minuit"),
        (datetime(2026, 7, 15, 22, 1, tzinfo=ZoneInfo("UTC")), "jeudi 16 juillet à 0 h 01"),
    ],
)
def test_a_deadline_at_midnight_ends_its_day(instant, told):
    assert french.deadline_words(instant, ZONE).replace(NBSP, " ") == told


def test_the_trail_of_a_request_is_by_the_clocks_of_the_territory(site):
    for month in (1, 7):
        at = datetime(2026, month, 15, 16, 29, tzinfo=ZoneInfo("UTC"))
        source = site.jinja_env.loader.get_source(site.jinja_env, "desk_request.html")[0]
        trail = re.search(r"(?s)<time.*?</time>", source)[0]
        shown = site.jinja_env.from_string(trail).render(act=SimpleNamespace(at=at), zone=ZONE)
        assert f", {17 + (month == 7)}{NBSP}h{NBSP}29</time>" in shown


def test_what_machines_write_is_said_as_people_do():
    assert french.said_clock("05:44:00").replace(NBSP, " ") == "5 h 44"
    assert french.said_clock("25:10:00").replace(NBSP, " ") == "1 h 10"
    assert french.said_days("2024-08-01, puis 2023") == "1er août 2024, puis 2023"


def test_a_notice_is_called_by_its_one_word():
    """The word of the vocabulary; "avis" is a paper of the tax office, and nothing else."""
    rows = (Path(words.__file__).parents[2] / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    (screen,) = re.findall(r"^\| Notice[^|]*\| (\w+)", rows, re.MULTILINE)
    for act in ("notice-written", "notice-ended"):
        assert screen in journal.act_words(act)
    folder = Path(words.__file__).parents[1]
    shown = [*folder.glob("templates/*.html"), *folder.glob("words/*.*"), *folder.glob("pages/*.py")]
    said = {
        file.name: re.findall(r"\bavis\b(?! d'impôt)", file.read_text(encoding="utf-8"))
        for file in shown
        if file.is_file()
    }
    assert not {name: found for name, found in said.items() if found}


def test_a_wish_is_called_by_its_one_word():
    """The French of a need alone is a weight, a topic, or what nobody could serve."""
    rows = (Path(words.__file__).parents[2] / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    (screen,) = re.findall(r"^\| wish \| (\w+ \w+) \|", rows, re.MULTILINE)
    said = {table: told["wishes"] for table, told in handed_over.labels().items() if "wishes" in told} | {
        "a list": imports.COLUMNS["wishes"], "the journal": journal.why_words("wishes"),
        "a reason": rides.REASONS["abilities"], "my consent": rides.CONSENTS[MEMORY_CONSENT],
        "theirs": people.CONSENTS[MEMORY_CONSENT], "an error": error_words()["errors"]["unknown-wish"],
    }  # fmt: skip
    asked = re.compile(r"<legend>([^<]*)</legend>(?:(?!</fieldset>).)*name=\"(?:besoin|souhait)-", re.DOTALL)
    for name in ("answer", "telephone", "_request_fields"):
        page = (Path(words.__file__).parents[1] / "templates" / f"{name}.html").read_text(encoding="utf-8")
        said |= {f"{name}: {legend}": legend for legend in asked.findall(page)}
    assert len(said) > 10
    one_or_several = re.compile(screen.replace(" ", "s? "), re.IGNORECASE)
    assert not {where: told for where, told in said.items() if not one_or_several.search(told)}


def test_a_calendar_is_in_force_and_never_published():
    """Feeds are published; a calendar is adopted, then in force."""
    folder = Path(words.__file__).parents[1]
    about = ("templates/scenario*.html", "templates/history.html", "templates/help.html", "words/day.py")
    files = [*(file for kind in about for file in folder.glob(kind)), folder / "pages" / "telephone_calls.py"]
    assert len(files) > 4
    drifting = re.compile(r"\b(?:[Pp]ubliez|Publications|publiée?s?|[Pp]ublier)\b")
    told = {file.name: drifting.findall(file.read_text("utf-8")) for file in files}
    assert not {name: found for name, found in told.items() if found}


def test_controls_of_one_name_do_one_thing(sources):
    """Who hears the controls of a page one by one, or speaks their names, must know which does what."""
    assert {address: found for address, text in sources.items() if (found := same_names(text))} == {}
