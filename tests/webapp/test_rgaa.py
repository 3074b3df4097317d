"""The criteria of the RGAA 4.1 that can be told from a page's source, on every page that needs no argument.

What needs a browser (contrasts, names computed, focus, 320 pixels) is tested in ``tests/e2e``.
"""

import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from html5rdf import HTMLParser as HTMLParserOfTheStandard

from desks.settings import Settings, default_territory
from tests.conftest import ROOT
from webapp.app import create_app

VOID = {"meta", "link", "input", "br", "img", "hr", "polyline"}
PRESENTATION = {"align", "bgcolor", "border", "cellpadding", "color", "face", "size", "valign", "width", "height"}
WITH_ARGUMENTS = [
    "/communes/46044", "/aller?de=Cahors&vers=Toulouse+Matabiau&retour=16:00", "/aller?de=Nulle+part&vers=Bach",
    "/solidaire?de=Lherm&vers=Cahors", "/nowhere", "/manques?besoin=food", "/donnees/offres/territoire",
    "/bureau/personnes?voir=conducteurs", "/dates?annule=2026-12-08",
]  # fmt: skip
SENT = {
    "/bureau/telephone": {"telephone": "0639100001", "de": "Bach", "vers": "Cahors"},
    "/bureau/chercher": {"q": "0639100001"},
    "/preparer": {"buses": "0", "lock-stop-0": "46095"},
    "/verifier": {"visite|1|2|morning|bus-1": "46095"},
    "/bureau/personnes": {"acte": "offre", "de": "Bach"},
    "/comptes/": {"mail": "x"},
    "/premier-compte": {"mot": "x"},
}
"""Forms whose answer is a page of its own."""


class Page(HTMLParser):
    """The elements of a page in order: (tag, attributes, text, ancestors)."""

    def __init__(self, text):
        super().__init__()
        self.elements, self._open, self.doctype, self.source = [], [], "", text
        self.feed(text)

    def handle_decl(self, declaration):
        self.doctype = declaration

    def handle_starttag(self, tag, attributes):
        element = {
            "tag": tag,
            "text": "",
            **dict(attributes),
            "in": [e["tag"] for e in self._open],
            "parents": list(self._open),
        }
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        if any(element["tag"] == tag for element in self._open):
            while self._open.pop()["tag"] != tag:
                pass

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, *tags):
        return [element for element in self.elements if element["tag"] in tags]


@pytest.fixture(scope="module")
def pages(prepared_state, tmp_path_factory):
    state = shutil.copytree(prepared_state, tmp_path_factory.mktemp("rgaa") / "state")
    app = create_app(Settings(territory=default_territory(), state=state))
    client = app.test_client()
    plain = [
        rule.rule for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and not rule.rule.startswith(("/api", "/covoiturage"))
    ]  # fmt: skip
    found = {}
    for address in [*plain, *WITH_ARGUMENTS]:
        answer = client.get(address)
        if answer.mimetype == "text/html" and answer.status_code in {200, 404} and 'class="skip"' in answer.text:
            found[address] = Page(answer.text)
    for address, fields in SENT.items():
        found[f"POST {address}"] = Page(client.post(address, data=fields).text)
    assert len(found) >= 40
    return found


def faults(pages, look):
    """What a check finds, by page."""
    return {address: found for address, page in pages.items() if (found := look(page))}


def test_8_mandatory_elements(pages):
    assert not faults(pages, lambda p: p.doctype.lower() != "doctype html")
    assert not faults(pages, lambda p: [e.get("lang") for e in p.all("html")] != ["fr"])
    assert not faults(pages, lambda p: not (p.all("title") and p.all("title")[0]["text"].strip()))


def test_8_2_the_source_is_read_without_a_fault(pages):
    def broken(page):
        parser = HTMLParserOfTheStandard(strict=False)
        parser.parse(page.source)
        return [(where, code) for where, code, _ in parser.errors]

    assert not faults(pages, broken)


def test_8_6_titles_tell_pages_apart(pages):
    # Without two scenarios the comparison is the list, which asks for them.
    same = {"/nowhere", "/scenarios/comparer"}
    plain = {
        address: page for address, page in pages.items() if not re.search(r"[? ]", address) and address not in same
    }
    titles = [page.all("title")[0]["text"] for page in plain.values()]
    assert not [title for title in set(titles) if titles.count(title) > 1]


def test_1_images_say_what_they_are(pages):
    def bare(page):
        return [e for e in page.all("img") if "alt" not in e] + [
            e for e in page.all("svg")
            if e.get("aria-hidden") != "true" and not (e.get("role") == "img" and e.get("aria-label"))
        ]  # fmt: skip

    assert not faults(pages, bare)


def test_2_frames_have_a_title(pages):
    assert not faults(pages, lambda p: [e for e in p.all("iframe") if not e.get("title", "").strip()])


def test_5_tables_have_a_caption_and_scoped_headers(pages):
    def broken(page):
        tables, captions = page.all("table"), page.all("caption")
        return len(tables) - len(captions) or [
            e["text"] for e in page.all("th") if e.get("scope") not in {"row", "col"}
        ]

    assert not faults(pages, broken)


def test_6_links_have_words(pages):
    assert not faults(pages, lambda p: [e for e in p.all("a") if not (e["text"].strip() or e.get("aria-label"))])


def test_9_1_headings_follow_each_other(pages):
    def jumps(page):
        levels = [int(e["tag"][1]) for e in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
        return levels.count(1) != 1 or [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1]

    assert not faults(pages, jumps)


def test_9_2_and_12_6_the_parts_of_a_page(pages):
    assert not faults(pages, lambda p: [len(p.all(tag)) for tag in ("header", "main", "footer")] != [1, 1, 1])
    assert not faults(pages, lambda p: [e for e in p.all("nav") if not e.get("aria-label")])


def test_10_1_looks_are_left_to_the_style_sheet(pages):
    def styled(page):
        plain = [e for e in page.elements if not {"svg", *e["in"]} & {"svg"} or e["tag"] not in {"svg"}]
        return [
            (e["tag"], name) for e in plain for name in PRESENTATION & e.keys()
            if "svg" not in [e["tag"], *e["in"]] and name not in {"size"}
        ] + [e["tag"] for e in page.all("font", "center", "b", "u", "big") if "iframe" not in e["in"]]  # fmt: skip

    assert not faults(pages, styled)


def test_11_1_fields_have_a_label(pages):
    def unlabelled(page):
        named = {e.get("for") for e in page.all("label")}
        fields = [e for e in page.all("input", "select", "textarea") if e.get("type") not in {"hidden", "submit"}]
        return [
            e.get("name") for e in fields
            if not (e.get("id") in named or "label" in e["in"] or e.get("aria-label"))
        ]  # fmt: skip

    assert not faults(pages, unlabelled)


def test_11_5_groups_have_a_legend(pages):
    assert not faults(pages, lambda p: len(p.all("fieldset")) - len(p.all("legend")))


def test_11_9_buttons_have_words(pages):
    assert not faults(pages, lambda p: [e for e in p.all("button") if not (e["text"].strip() or e.get("aria-label"))])


def test_11_13_personal_fields_can_be_filled_in_by_the_browser(pages):
    page = pages["/solidaire?de=Lherm&vers=Cahors"]
    told = {e.get("name"): e.get("autocomplete") for e in page.all("input")}
    assert (told["nom"], told["telephone"], told["mail"]) == ("name", "tel", "email")
    door = {e.get("name"): e.get("autocomplete") for e in pages["/connexion"].all("input")}
    assert (door["mail"], door["mot-de-passe"]) == ("username", "current-password")


def test_12_7_the_first_link_skips_to_the_content(pages):
    def absent(page):
        first = page.all("a")[0]
        return first.get("href") != "#contenu" or not [e for e in page.all("main") if e.get("id") == "contenu"]

    assert not faults(pages, absent)


def test_12_8_nothing_is_put_in_front_of_the_order_of_the_page(pages):
    assert not faults(pages, lambda p: [e for e in p.elements if int(e.get("tabindex") or 0) > 0])


def test_13_no_page_moves_on_by_itself_or_opens_another(pages):
    assert not faults(pages, lambda p: [e for e in p.all("meta") if e.get("http-equiv", "").lower() == "refresh"])
    assert not faults(pages, lambda p: [e for e in p.all("a", "form") if e.get("target") == "_blank"])


def test_identifiers_are_unique(pages):
    def doubled(page):
        names = [e["id"] for e in page.elements if e.get("id")]
        return {name for name in names if names.count(name) > 1}

    assert not faults(pages, doubled)


def test_every_description_names_something_there(pages):
    def lost(page):
        names = {e.get("id") for e in page.elements}
        told = [e[key] for e in page.elements for key in ("aria-labelledby", "aria-describedby", "for") if e.get(key)]
        return [name for text in told for name in re.split(r"\s+", text) if name not in names]

    assert not faults(pages, lost)


CRITERIA = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""How many criteria each theme of the RGAA 4.1 has."""


def audited():
    """The state of each criterion in the document, with what it rests on."""
    found = []
    for line in (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8").splitlines():
        if row := re.match(r"[|] (\d+)[.](\d+)(?: to \d+[.](\d+))? [|] (\w+) [|] (.*) [|]$", line):
            theme, first, last = int(row[1]), int(row[2]), int(row[3] or row[2])
            found += [((theme, number), row[4], row[5]) for number in range(first, last + 1)]
    return found


def test_the_audit_tells_every_criterion_and_the_tests_it_rests_on(client):
    every = [(theme, number) for theme, count in enumerate(CRITERIA, 1) for number in range(1, count + 1)]
    assert [criterion for criterion, _, _ in audited()] == every
    assert len(every) == 106
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "webapp").glob("*.py"))
    sources += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "e2e").glob("*.py"))
    for _, state, what in audited():
        if state == "test":
            named = re.findall(r"`(test_\w+)`", what)
            assert named
            assert all(f"def {name}(" in sources for name in named), what
    counts = [sum(state == kind for _, state, _ in audited()) for kind in ("test", "hand", "none", "open")]
    words = "Des 106 critères du RGAA, {} sont tenus par des tests, {} ont été vérifiés à la main, {} sont sans objet"
    statement = client.get("/accessibilite").get_data(as_text=True)
    assert words.format(*counts) in statement
    assert f"et {counts[3]} restent ouverts" in statement


def test_a_view_has_one_main_act(pages):
    """One filled button in what is seen at first, and one within each part that unfolds; the others are outlined."""
    others = {"second", "bare", "visit", "put"}

    def many(page):
        groups = {}
        for act in page.all("button", "a"):
            kinds = set((act.get("class") or "").split())
            late = any("due" in (parent.get("class") or "").split() for parent in act["parents"])
            if "main" not in act["in"] or late or kinds & others or (act["tag"] == "a" and "button" not in kinds):
                continue
            folds = [id(parent) for parent in act["parents"] if parent["tag"] == "details" and "open" not in parent]
            groups.setdefault(tuple(folds), []).append(act["text"].strip())
        return [acts for acts in groups.values() if len(acts) > 1]

    assert not faults(pages, many)
