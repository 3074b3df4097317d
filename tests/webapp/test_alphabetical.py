"""Lists of names stand in French order: accents, hyphens and capitals part nothing, and no page sorts otherwise."""

import re

from tests.conftest import ROOT
from webapp.words.french import alphabetical

BARE = re.compile(r"sorted\([^\n]*key=lambda (\w+): \1(\.\w+)*\.name\)|sort\(attribute='name'\)|dictsort\(by='value'\)")


def test_names_stand_in_french_order():
    names = ["Cézac", "Crégols", "Cremps", "Douelle", "Cras", "Espère", "Escamps", "Saint Géry-Vers", "Saint-Cirq"]
    assert sorted(names, key=alphabetical) == [
        "Cézac", "Cras", "Crégols", "Cremps", "Douelle", "Escamps", "Espère", "Saint-Cirq", "Saint Géry-Vers",
    ]  # fmt: skip


def test_no_list_of_the_site_stands_in_the_order_of_code_points():
    files = [*(ROOT / "webapp").rglob("*.py"), *(ROOT / "webapp" / "templates").glob("*.html")]
    assert [path.name for path in files if BARE.search(path.read_text(encoding="utf-8"))] == []


def test_the_communes_are_listed_in_french_order(client):
    page = client.get("/communes").text
    listed = re.findall(r'<option value="([^"]+)">', page)
    assert listed == sorted(listed, key=alphabetical)
    assert listed.index("Crégols") < listed.index("Cremps") < listed.index("Douelle")
