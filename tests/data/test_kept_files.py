"""What the program keeps for itself, cut, emptied or written over: no page fails by it."""

import errno
import json
from datetime import date

import pytest

from data.gap_files import parse_study
from data.kept_files import read_kept
from data.plan_store import PlanStore
from data.published_feeds import PublishedFeed
from data.season_files import SeasonChoice, parse_choice
from desks.calendar.season import SEASON, change_season, chosen_season, keep_season_copy, season_whole
from desks.released import Released
from mobility.disclosure import UNMET
from mobility.errors import MobilityError

DAMAGED = [b"", b"{", b"[]", b"5", b"\xff\xfe", b'{"moves": [1]}', b'{"closures": 5}', b"[" * 200_000]
CHOICE = SeasonChoice(first=date(2026, 12, 1))


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_season_is_served_by_its_copy_and_mended(tmp_path, damage):
    plans = PlanStore(tmp_path)
    assert season_whole(plans)
    assert change_season(plans, lambda _: CHOICE)
    assert season_whole(plans)
    (tmp_path / "season.json").write_bytes(damage)
    assert not season_whole(plans)
    assert chosen_season(plans) == CHOICE
    keep_season_copy(plans)
    assert season_whole(plans)
    assert json.loads((tmp_path / "season.json").read_text()) == CHOICE.document()


@pytest.mark.parametrize("name", ["season", "season-copy"])
def test_a_folder_in_the_place_of_a_season_goes_aside(tmp_path, name):
    plans = PlanStore(tmp_path)
    change_season(plans, lambda _: CHOICE)
    (tmp_path / f"{name}.json").unlink()
    (tmp_path / f"{name}.json").mkdir()
    assert chosen_season(plans) == CHOICE
    assert season_whole(plans) == (name == "season-copy")
    keep_season_copy(plans)
    assert season_whole(plans)
    assert (tmp_path / f"{name}.unreadable-1").is_dir()
    assert change_season(plans, lambda _: SeasonChoice())


def test_what_another_account_keeps_is_told_and_what_the_machine_lacks_puts_nothing_aside(tmp_path, monkeypatch):
    plans = PlanStore(tmp_path)
    change_season(plans, lambda _: CHOICE)
    trouble, read = {"is": errno.EACCES}, type(tmp_path).read_text

    def refuse(path, **more):
        if path.name == "season.json":
            raise OSError(trouble["is"], "refused")
        return read(path, **more)

    monkeypatch.setattr(type(tmp_path), "read_text", refuse)
    assert chosen_season(plans) == CHOICE
    assert not season_whole(plans)
    trouble["is"] = errno.EMFILE
    with pytest.raises(OSError, match="refused"):
        read_kept(tmp_path / "season.json", dict, {})
    assert (tmp_path / "season.json").exists()


@pytest.mark.parametrize("damage", [*DAMAGED, b"{}"])
def test_a_damaged_study_of_the_gaps_is_put_aside(tmp_path, damage):
    (tmp_path / "access.json").write_bytes(damage)
    assert PlanStore(tmp_path).kept("access", parse_study, None) is None
    assert (tmp_path / "access.unreadable-1").read_bytes() == damage


def test_a_season_of_which_no_copy_is_whole_is_told(tmp_path):
    plans = PlanStore(tmp_path)
    (tmp_path / "season.json").write_bytes(b"")
    keep_season_copy(plans)
    assert not season_whole(plans)
    with pytest.raises(MobilityError) as caught:
        chosen_season(plans)
    assert caught.value.code == "broken-season"


def test_a_season_of_a_former_version_gets_its_copy(tmp_path):
    plans = PlanStore(tmp_path)
    plans.save(SEASON, CHOICE.document())
    keep_season_copy(plans)
    (tmp_path / "season.json").write_bytes(b"")
    assert chosen_season(plans) == CHOICE


@pytest.mark.parametrize("document", [[], {"moves": [1]}, {"closures": {"a": 1}}])
def test_a_season_of_another_form_is_told(document):
    with pytest.raises(MobilityError):
        parse_choice(document)


@pytest.mark.parametrize("damage", [*DAMAGED, b'{"a": 1}'])
def test_what_cannot_be_used_is_put_aside_and_nothing_is_lost(tmp_path, damage):
    path = tmp_path / "versions.json"
    for number in (1, 2):
        path.write_bytes(damage)
        assert read_kept(path, lambda document: document["b"], "none") == "none"
        assert (tmp_path / f"versions.unreadable-{number}").read_bytes() == damage
    assert not path.exists()


@pytest.mark.parametrize("damage", [b"", b"[1]", b"5", b'[{"id": 1}]'])
def test_damaged_versions_of_a_feed_are_left_out(tmp_path, damage):
    (tmp_path / "versions.json").write_bytes(damage)
    assert PublishedFeed("x", tmp_path).kept() == []


@pytest.mark.parametrize("told", [b"[1", b"[]", b"{}"])
def test_a_damaged_figure_is_told_anew(tmp_path, told):
    plans = PlanStore(tmp_path)
    released = Released(plans, lambda: date(2026, 11, 30))
    assert released.once(UNMET, "2026-11", lambda: {"a": 1}) == {"a": 1}
    (tmp_path / f"told-{UNMET.id}-2026-11.json").write_bytes(told)
    assert released.once(UNMET, "2026-11", lambda: {"a": 2}) == {"a": 2}
    assert released.once(UNMET, "2026-11", lambda: {"a": 3}) == {"a": 2}
