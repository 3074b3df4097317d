"""What the program writes is its account's alone, whatever the umask; what others could read is mended."""

import logging
import os
import stat
from multiprocessing import get_context
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import mobility
from data import private_files
from data.backup import make_backup, restore_backup
from data.plan_store import PlanStore
from data.private_files import kept_secret, private_folder, private_state
from data.store import Store
from desks.kept import Kept
from desks.settings import Settings, default_territory
from tests.conftest import NOW
from webapp.app import create_app
from webapp.opening import open_house


@pytest.fixture(params=[0o000, 0o022], ids=["umask 0000", "umask 0022"])
def careless(request):
    """An account whose new files all may read (and write)."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def open_to_others(folder):
    """The files and folders that other accounts may do something with."""
    return [path for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_databases_backups_and_plans_are_private_by_themselves(careless, tmp_path):
    state = tmp_path / "above" / "state"
    private_folder(state)
    store = Store(f"sqlite:///{state / 'rides.sqlite'}")
    with store.writing():
        assert (state / "rides.sqlite-wal").exists()
        assert open_to_others(tmp_path / "above") == []
    PlanStore(state / "land").save("plan", {"a": 1})
    backups = tmp_path / "backups"
    private_folder(backups)
    make_backup(store, state / "land", backups / "b.zip", now=NOW)
    restore_backup(store, state / "back" / "deep", backups / "b.zip", replace=True)
    store.close()
    assert (state / "back" / "deep" / "plan.json").exists()
    assert open_to_others(tmp_path / "above") + open_to_others(backups) == []


def test_what_others_could_read_is_mended_when_the_state_is_opened(careless, tmp_path):
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere.txt"
    (state / "land" / "roads").mkdir(parents=True)
    elsewhere.write_text("somebody else's")
    elsewhere.chmod(0o644)
    (state / "link").symlink_to(elsewhere)
    for name in ("session.key", "land/rides.sqlite", "land/rides.sqlite-wal", "land/roads/roads.osm", "old.zip"):
        (state / name).write_text(name)
        (state / name).chmod(0o666)
    settings = Settings(territory=default_territory(), state=state)
    open_house(settings)
    assert {path for path in open_to_others(state) if not path.is_symlink()} == set()
    assert (state / "session.key").read_text() == "session.key"
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644


def test_a_database_outside_of_the_state_is_mended_too(careless, tmp_path):
    path = tmp_path / "rides.sqlite"
    Store(f"sqlite:///{path}").close()
    path.chmod(0o644)
    linked = tmp_path / "linked.sqlite"
    linked.symlink_to(path)
    Store(f"sqlite:///{linked}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _write(path: Path) -> None:
    path.write_text("written in a process of its own")


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_the_site_and_the_processes_it_starts_write_privately(careless, tmp_path, way):
    state = tmp_path / "state"
    app = create_app(Settings(territory=default_territory(), state=state))
    with app.test_client() as client:
        assert client.get("/donnees").status_code == 200
        assert client.get("/ready").status_code in {200, 503}
    process = get_context(way).Process(target=_write, args=(state / way,))
    process.start()
    process.join()
    assert len(list(state.rglob("*"))) > 10
    assert open_to_others(state) == []


def _all_at_once(path, turn, told):
    turn.wait()
    told.put(kept_secret(path))


def test_a_key_is_its_owners_alone(careless, tmp_path):
    for name in ("session.key", "journal.key"):
        kept_secret(tmp_path / name)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.prove
def test_processes_that_start_at_once_get_one_key(tmp_path):
    context = get_context("fork")
    for number in range(60):
        turn, told = context.Barrier(4), context.Queue()
        given = (tmp_path / f"{number}" / "session.key", turn, told)
        started = [context.Process(target=_all_at_once, args=given) for _ in range(4)]
        for process in started:
            process.start()
        found = {told.get(timeout=20) for _ in started}
        for process in started:
            process.join()
        assert len(found) == 1
        assert len(found.pop()) >= 32


@pytest.mark.parametrize("file", ["session.key", "journal.key"])
@pytest.mark.parametrize("kept", [b"", b"short", b" " * 40, b"\xff" * 40])
def test_a_key_that_is_none_is_refused_at_the_start(tmp_path, monkeypatch, file, kept):
    (tmp_path / file).write_bytes(kept)
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path))
    monkeypatch.setattr("webapp.server.workers.serve_with_workers", lambda *_: pytest.fail("it started"))
    monkeypatch.setenv("MOBILITY_WORKERS", "2")
    started = CliRunner().invoke(mobility, ["serve", "--no-prepare", "--port", "8099"])
    assert started.exit_code == 3
    assert f"{file} cannot be read, or holds no key" in started.stderr
    assert (tmp_path / file).read_bytes() == kept


@pytest.mark.parametrize("file", ["session.key", "journal.key"])
def test_a_key_that_is_lost_while_the_site_runs_is_told(tmp_path, file):
    app = create_app(Settings(territory=default_territory(), state=tmp_path))
    client = app.test_client()
    assert client.get("/ready").json["checks"]["keys"] == "ok"
    (tmp_path / file).write_text("")
    app.extensions["wired"].checks = Kept()
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["checks"]["keys"]) == (503, "weak-secret")
    (tmp_path / file).write_text("x" * 40)
    app.extensions["wired"].checks = Kept()
    assert client.get("/ready").json["checks"]["keys"] == "changed"


def test_what_belongs_to_another_account_is_told_and_work_goes_on(tmp_path, monkeypatch, caplog):
    (tmp_path / "theirs").write_text("x")
    (tmp_path / "theirs").chmod(0o644)
    (tmp_path / "ours").write_text("x")
    (tmp_path / "ours").chmod(0o644)
    change = Path.chmod

    def refuse(path, mode):
        if path.name == "theirs":
            raise PermissionError(1, "Operation not permitted")
        change(path, mode)

    monkeypatch.setattr(Path, "chmod", refuse)
    monkeypatch.setattr(private_files, "_told", set())
    with caplog.at_level(logging.WARNING):
        private_state(tmp_path)
        private_state(tmp_path)
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == 0o600
    (told,) = [record.getMessage() for record in caplog.records]
    assert "theirs" in told
    assert f"chmod -R go-rwx {tmp_path}" in told
