"""Every notice in plain French, and the changes of a feed in sentences."""

import tomllib
from datetime import date
from pathlib import Path

import gtfs_guru
import pytest

from gtfs.feed_diff import CommuneChange, FeedDiff, LineChange, Offer, StopChange
from gtfs.rules.rulebook import RULES
from mobility.issues import Issue
from webapp.words.feeds import diff_words, notice_words, where_words

COMMUNES = {"46171": "Lherm", "46042": "Cahors"}
CONTENT = tomllib.loads(Path("webapp/words/feed_notices.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", sorted(gtfs_guru.notice_codes()))
def test_every_notice_of_the_validator_has_its_words(code):
    words = notice_words(code)
    assert not words.title.startswith("Anomalie «")
    assert words.effect.endswith(".")
    assert words.mend.endswith(".")


def test_every_canonical_notice_has_its_words(shared):
    table = (shared / "standards/gtfs/mobilitydata-notices-v8.0.1.tsv").read_text(encoding="utf-8")
    codes = [line.split("\t")[1] for line in table.splitlines()]
    assert len(codes) > 170
    assert [code for code in codes if code not in CONTENT["notices"]] == []


def test_every_own_rule_has_its_words():
    codes = [rule.__name__ for rule in RULES]
    assert [code for code in codes if code not in CONTENT["notices"]] == []


def test_a_code_of_tomorrow_is_still_told():
    assert "brand new notice" in notice_words("brand_new_notice").title


def test_where_an_issue_is():
    issue = Issue("stops.txt", 12, "stop_name", "Arrêt 3", "s3", commune="46171")
    assert where_words(issue, COMMUNES) == "stops.txt, ligne 12 (stop_name), s3, « Arrêt 3 », à Lherm"
    assert where_words(Issue(value="x"), COMMUNES) == "« x »"


def test_changes_in_words():
    span = date(2026, 1, 1), date(2026, 12, 31)
    diff = FeedDiff(
        spans=(span, span), days={}, lines_added=(), lines_removed=(LineChange("7 Cahors – Lherm", ("46171",)),),
        stops=(StopChange("removed", "Mairie", "46171"), StopChange("moved", "Gare", "46042", 234.0),
               StopChange("added", "Loin", "")),
        communes=(
            CommuneChange("46171", "weekday", Offer(2, 7 * 3600, 17 * 3600, ("7",)), Offer()),
            CommuneChange("46042", "weekday", Offer(5, 6 * 3600, 19 * 3600, ("7", "8")),
                          Offer(3, 6 * 3600 + 900, 19 * 3600, ("8",))),
        ),
    )  # fmt: skip
    words = {title: [s.replace("\xa0", " ") for s in said] for title, said in diff_words(diff, COMMUNES)}
    assert words["Communes qui perdent leur desserte"] == [
        "Lherm, un mardi, n'est plus desservie (2 départs, de 7 h à 17 h)."
    ]
    assert words["Lignes"] == ["La ligne 7 Cahors – Lherm est supprimée (Lherm)."]
    (cahors,) = words["Horaires et lignes par commune"]
    assert "2 départs de moins" in cahors
    assert "le premier départ passe de 6 h à 6 h 15" in cahors
    assert "plus de ligne 7" in cahors
    assert words["Arrêts"] == [
        "L'arrêt Mairie à Lherm est supprimé.", "L'arrêt Gare à Cahors est déplacé de 230 m.",
        "Hors du territoire : 1 arrêt changé.",
    ]  # fmt: skip
