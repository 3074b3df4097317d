"""A calendar put in force: whoever is stopped on the way, its readers find the one before whole, or the new one."""

import html
import json
import multiprocessing
import os
import re
import shutil
import signal
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

import data.store
from data.journal import journal_of
from data.plan_store import PlanStore
from desks.calendar import in_force, study
from desks.settings import Settings, default_territory
from mobility.notices import GRAVE, MISSED_VISITS
from tests.conftest import NOW
from tests.fixtures_site import SURE
from webapp.app import create_app
from webapp.opening import open_house
from webapp.words.french import at_place, day_words

READ = ("/comprendre", "/choix", "/communes/46088", "/historique", "/scenarios")


def site(state: Path, clock=lambda: NOW):
    """A site on a state, whose background work never begins."""
    app = create_app(Settings(territory=default_territory(), state=state), clock=clock)
    app.extensions["wired"].jobs.start = lambda *_: None
    return app.test_client()


def told(client) -> list[str]:
    """What readers see of the calendar in force, of what explains it, and of its history."""
    answers = [client.get(where) for where in READ]
    assert [answer.status_code for answer in answers] == [200] * len(READ)
    return [answer.text for answer in answers]


def fewer(client) -> dict[str, str]:
    """The grid of the calendar in force without the first stop that it visits once a cycle."""
    page = client.get("/verifier").text
    chosen = re.findall(r'<select name="(visite[^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    grid = {name: (re.search(r'value="([^"]+)" selected', options) or ["", ""])[1] for name, options in chosen}
    stops = list(grid.values())
    first = next(stop for stop in stops if stop and stops.count(stop) == 1)
    return {name: "" if stop == first else stop for name, stop in grid.items()} | SURE


def adopt(client) -> None:
    assert client.post("/verifier", data=fewer(client)).headers["Location"] == "/comprendre"


@pytest.fixture
def explained(state: Path) -> Path:
    """A state with a history, whose calendar in force is explained whole."""
    client = site(state)
    adopt(client)
    first = min(int(number) for number in re.findall(r"/calendriers/(\d+)/retablir", client.get("/scenarios").text))
    assert client.post(f"/calendriers/{first}/retablir", data=SURE).headers["Location"] == "/comprendre"
    return state


@pytest.fixture
def seen_before_and_after(explained: Path, tmp_path: Path) -> tuple[list[str], list[str]]:
    """What readers see of the calendar in force, and of the one that takes its place."""
    old, done = told(site(explained)), shutil.copytree(explained, tmp_path / "done")
    adopt(site(done))
    new = told(site(done))
    assert not [page for page, other in zip(old, new, strict=True) if page == other]
    return old, new


class Steps:
    """Counts what changes files or ends transactions, and stops at one of them, before or after it is done."""

    def __init__(self, monkeypatch, number: int, stop, *, files_only: bool = False) -> None:
        self.number, self.stop, self.count = number, stop, 0
        for holder, name in ((os, "replace"), (os, "unlink"), *(() if files_only else ((data.store, "_end"),))):
            monkeypatch.setattr(holder, name, self.wrapped(getattr(holder, name)))

    def wrapped(self, done):
        def step(*arguments, **named):
            self.pass_by()
            result = done(*arguments, **named)
            self.pass_by()
            return result

        return step

    def pass_by(self) -> None:
        self.count += 1
        if self.count == self.number:
            self.stop()


def _killed(state: Path, number: int) -> None:
    client = site(state)
    told(client)
    data = fewer(client)
    with pytest.MonkeyPatch.context() as patched:
        Steps(patched, number, lambda: os.kill(os.getpid(), signal.SIGKILL))
        client.post("/verifier", data=data)
    os._exit(0)


@pytest.mark.prove
def test_a_process_killed_anywhere_leaves_one_calendar_whole(explained, seen_before_and_after, tmp_path):
    (old, new), seen = seen_before_and_after, []
    for number in range(1, 60):
        state = shutil.copytree(explained, tmp_path / f"killed-{number}")
        process = multiprocessing.get_context("fork").Process(target=_killed, args=(state, number), daemon=True)
        process.start()
        process.join(60)
        assert process.exitcode in {0, -signal.SIGKILL}
        found = told(site(state))
        assert found in (old, new), f"neither old nor new at step {number}"
        seen.append(found == new)
        if process.exitcode == 0:
            assert number > 6
            assert seen == sorted(seen), "once new, it stays new"
            return
    raise AssertionError("it never went through")


def test_a_disk_that_fails_leaves_one_calendar_whole(explained, seen_before_and_after, monkeypatch):
    client = site(explained)
    data = fewer(client)

    def fail() -> None:
        raise OSError(28, "No space left on device")

    for number in range(1, 20):
        with monkeypatch.context() as patched:
            steps = Steps(patched, number, fail, files_only=True)
            answer = client.post("/verifier", data=data)
        if answer.status_code == 303:
            assert steps.count < number
            assert told(client) == seen_before_and_after[1]
            return
        assert answer.status_code == 503
        found = told(client)
        assert found in seen_before_and_after
        if found == seen_before_and_after[1]:
            return
    raise AssertionError("it never went through")


def test_a_study_never_stands_beside_another_calendar(explained, monkeypatch):
    client = site(explained)
    here = client.application.extensions["wired"].house()
    kept, save = here.calendar.explained()[1], PlanStore.save
    monkeypatch.setattr(in_force, "explain", lambda *_: kept)

    def overtaken(self, name, document):
        monkeypatch.setattr(PlanStore, "save", save)
        adopt(client)
        return save(self, name, document)

    assert "étude est en cours" not in client.get("/choix").text
    monkeypatch.setattr(PlanStore, "save", overtaken)
    client.application.extensions["wired"].jobs._kinds["study"].run({}, type("Control", (), {"tell": lambda *_: None}))
    assert "étude est en cours" in client.get("/choix").text
    assert here.calendar.history()[0].study != json.dumps(kept, ensure_ascii=False)
    # The one that is in force is explained in its turn.
    assert here.calendar.explain(lambda *_: None)
    assert here.calendar.explained()[1] == kept
    assert json.loads(here.calendar.history()[0].study) == kept


def test_a_form_that_is_sent_twice_puts_a_calendar_in_force_once(state):
    seconds = count()
    client = site(state, lambda: NOW + timedelta(seconds=next(seconds)))
    here, form = client.application.extensions["wired"].house(), fewer(client)
    for _ in range(2):
        assert client.post("/verifier", data=form).status_code == 303
    edited, first = here.calendar.history()
    assert re.search(r"Le lundi 30 novembre 2026, de \d+ h( \d+)? à \d+ h", client.get("/historique").text)
    assert (edited.until, first.until) == (None, edited.at)
    # Under another name it is another choice; what explains it already is kept where it is the same.
    plan = here.calendar.plan()
    for explained in (None, {"prices": []}):
        here.calendar.put(plan, "Hiver", author="test", first_name="", study=explained)
    assert [entry.name for entry in here.calendar.history()] == ["Hiver", edited.name, first.name]
    assert here.calendar.explained()[1] == json.loads(here.calendar.history()[0].study) == {"prices": []}
    with here.store.reading() as tx:
        put = [line["who"] for line in journal_of(tx) if line["act"] == "calendar-put"]
    assert sorted(put) == ["agent", "test"], "each once, by whom; nobody chose the first"


def test_a_first_press_says_what_follows_and_a_second_tells_it_everywhere(state, monkeypatch):
    client = site(state)
    here, form = client.application.extensions["wired"].house(), fewer(client)
    gone = next(iter(set(here.calendar.plan().solution.calendar.stops()) - set(form.values())))
    promised = here.calendar.dated().next_at([gone], here.today(), 1)[0].day
    name = here.calendar.plan().problem.stops_by_id[gone].place.name
    asked = client.post("/verifier", data={**form, "adopter": "1"}).text
    for words in (f"<li>{name}, {day_words(promised)}, ", "Aucun autre passage", "Important", 'value="sur"'):
        assert words in asked
    assert gone in here.calendar.plan().solution.calendar.stops()
    assert client.post("/verifier", data=form).status_code == 303
    told = f"{day_words(promised).capitalize()}, "
    for where in (
        "/",
        "/communes",
        f"/communes/{gone}",
        "/a-savoir",
        "/a-savoir.atom",
        f"/communes/{gone}/a-savoir.atom",
    ):
        page = html.unescape(client.get(where).text)
        assert re.search(f"{told}[^<]*le bus ne vient pas {at_place(name)}", page), where
    assert [n.gravity for n in here.notices.seen(gone) if n.kind == MISSED_VISITS][:1] == [GRAVE]
    first = re.findall(r"/calendriers/(\d+)/retablir", client.get("/scenarios").text)[-1]
    asked = client.post(f"/calendriers/{first}/retablir").text
    assert "ont tous lieu" in asked
    assert gone not in here.calendar.plan().solution.calendar.stops()
    client.post(f"/calendriers/{first}/retablir", data=SURE)
    assert not [n for n in here.notices.seen() if n.kind == MISSED_VISITS], "what was taken back at once was no news"


def test_what_former_versions_wrote_is_read(state, monkeypatch):
    house = open_house(Settings(territory=default_territory(), state=state), lambda: NOW)
    folder = state / house.ground.folder.id
    current = json.loads((folder / "current.json").read_text())
    said = current.pop("in_force", None)
    if said:
        (folder / f"{said['study']}.json").rename(folder / "study.json")
        rests = {"files": said["files"], "adopted": said["adopted"]}
        (folder / "fingerprint.json").write_text(json.dumps(rests))
        (folder / "current.json").write_text(json.dumps(current))
    assert house.calendar.explained()[1]["prices"]
    monkeypatch.setattr(study, "explain", lambda *_: pytest.fail("nothing has changed"))
    assert study.prepare(house.planning).solution == house.calendar.plan().solution
    client = site(state)
    assert "étude est en cours" not in client.get("/choix").text
    adopt(client)
    assert "étude est en cours" in client.get("/choix").text
    assert [entry.until is None for entry in house.calendar.history()] == [True, False]


def test_a_plan_that_called_it_published_is_the_one_in_force_and_no_other(explained):
    """Its file is of an earlier version, its history in today's words: they agree, and nothing is written twice."""
    house = open_house(Settings(territory=default_territory(), state=explained), lambda: NOW)
    before = house.calendar.history()
    for path in (explained / house.ground.folder.id).glob("current*.json"):
        document = json.loads(path.read_text())
        rules = document["problem"]["rules"]
        document["problem"]["rules"] = {"published" if n == "in_force" else n: told for n, told in rules.items()}
        path.write_text(json.dumps(document, ensure_ascii=False))
    again = open_house(Settings(territory=default_territory(), state=explained), lambda: NOW)
    assert again.calendar.history() == before
    assert again.calendar.plan().solution == house.calendar.plan().solution


def test_an_adopted_calendar_that_lost_its_study_is_explained_not_replaced(state, monkeypatch):
    house = open_house(Settings(territory=default_territory(), state=state), lambda: NOW)
    adopt(site(state))
    adopted = house.calendar.plan()
    for path in (state / house.ground.folder.id).glob("study*.json"):
        path.unlink()
    monkeypatch.setattr(study, "explain", lambda *_: {"prices": []})
    assert study.prepare(house.planning).solution == adopted.solution
    assert house.calendar.explained()[1] == {"prices": []}


def test_studies_of_former_calendars_go(state):
    client = site(state)
    for _ in range(3):
        adopt(client)
        first = re.findall(r"/calendriers/(\d+)/retablir", client.get("/scenarios").text)[-1]
        client.post(f"/calendriers/{first}/retablir", data=SURE)
    folder = state / client.application.extensions["wired"].house().ground.folder.id
    assert 1 < len(list(folder.glob("study*.json"))) <= 3
