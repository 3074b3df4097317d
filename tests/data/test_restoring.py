"""A backup lands whole, rows and files, inside its folder; or what was there stays, wherever it is stopped."""

import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import zipfile

import pytest
from sqlalchemy import event, inspect, select

from data.backup import make_backup, read_backup, restore_backup
from data.people import add_person
from data.restoring import ASIDE, MARK, settle_restore
from data.ride_schema import persons
from data.store import Store
from mobility.errors import MobilityError, UnavailableError
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW

FORMER = {"plans/a.json": b"former a", "own.csv": b"former own"}
KEPT = {"plans/a.json": b"kept a", "plans/b.json": b"kept b", "new/deep/c.json": b"kept c"}


def people(store, names):
    with store.writing() as tx:
        for name in names:
            add_person(tx, Newcomer(Person(name, RIDER, "x"), Contact()), now=NOW, by="test")


def fill(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def found(store, folder):
    """The people and the files there are."""
    with store.reading() as tx:
        assert not inspect(tx).has_table(MARK.name)
        names = {row.id for row in tx.execute(select(persons.c.id))}
    return names, {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


BEFORE = ({"former-1", "former-2"}, FORMER)
AFTER = ({"kept"}, FORMER | KEPT)


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


@pytest.fixture
def backup(store, tmp_path):
    """A backup of other people and files than those that are then in the store and the folder."""
    people(store, ["kept"])
    fill(tmp_path / "old", KEPT)
    make_backup(store, tmp_path / "old", tmp_path / "b.zip", now=NOW)
    with store.writing() as tx:
        tx.execute(persons.delete())
    people(store, BEFORE[0])
    fill(tmp_path / "state", FORMER)
    return tmp_path / "b.zip"


def with_part(backup, name, content=b"evil"):
    """Add a part to a backup, named in its manifest with the right digest."""
    with zipfile.ZipFile(backup) as old:
        parts = {one: old.read(one) for one in old.namelist()}
    manifest = json.loads(parts["manifest.json"])
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    with zipfile.ZipFile(backup, "w") as new:
        for one, held in {**parts, "manifest.json": json.dumps(manifest).encode(), name: content}.items():
            new.writestr(one, held)


@pytest.mark.parametrize(
    "name",
    [
        "files//tmp/evil", "files/../evil", "files/a/../../evil", "files/a//b", "files/./a", "files/", "files",
        "files/a\\..\\evil", "files/C:evil", "files/a\x07b", "files/rides.sqlite", "files/rides.sqlite-wal",
        "files/.restore.partial/plan.json", "tables/../evil", "tables//tmp/evil", "evil", "/evil", "../evil",
    ],
)  # fmt: skip
def test_a_part_that_belongs_into_no_backup_is_refused_at_its_check(backup, name):
    with_part(backup, "files/right")
    assert "files/right" in read_backup(backup).files
    with_part(backup, name)
    with pytest.raises(MobilityError, match="no whole backup"):
        read_backup(backup)


def test_no_link_leads_out_of_the_folder(store, backup, tmp_path):
    shutil.rmtree(tmp_path / "state" / "plans")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "state" / "plans").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MobilityError, match="all is as it was"):
        restore_backup(store, tmp_path / "state", backup, replace=True)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert found(store, tmp_path / "state")[0] == BEFORE[0]


def test_files_that_cannot_land_leave_the_rows_as_they_were(store, backup, tmp_path):
    (tmp_path / "state" / "new").write_bytes(b"a file where the backup has a folder")
    with pytest.raises(MobilityError, match="all is as it was"):
        restore_backup(store, tmp_path / "state", backup, replace=True)
    assert found(store, tmp_path / "state") == (BEFORE[0], FORMER | {"new": b"a file where the backup has a folder"})


def test_what_does_not_fit_the_disk_is_refused_before_anything_is_touched(store, backup, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))
    with pytest.raises(MobilityError, match="0 MB are free"):
        restore_backup(store, tmp_path / "state", backup, replace=True)
    assert found(store, tmp_path / "state") == BEFORE


@pytest.mark.parametrize("spoil", [{"revision": "9999"}, {"revision": 5}, {"rows": None}, {"files": []}])
def test_what_a_backup_says_of_itself_is_looked_at(store, backup, tmp_path, spoil):
    with zipfile.ZipFile(backup) as old:
        parts = {one: old.read(one) for one in old.namelist()}
    with zipfile.ZipFile(backup, "w") as new:
        for one, held in parts.items():
            new.writestr(one, json.dumps(json.loads(held) | spoil) if one == "manifest.json" else held)
    with pytest.raises(MobilityError, match="no whole backup"):
        restore_backup(store, tmp_path / "state", backup, replace=True)
    assert found(store, tmp_path / "state") == BEFORE


@pytest.fixture
def only_read(monkeypatch):
    """A disk that takes nothing in the folder of what is being restored."""

    def refuse(path):
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    before = os.open
    monkeypatch.setattr(os, "open", lambda path, *more: refuse(path) if ASIDE in str(path) else before(path, *more))


def cut_short(store, state, *, swapped):
    """What a restore that was killed leaves: before its files were swapped, or after, its rows not there."""
    (state / ASIDE / "new").mkdir(parents=True)
    (state / ASIDE / "new" / "a.json").write_bytes(b"kept")
    if swapped:
        (state / ASIDE / "plan.json").write_text(json.dumps({"id": "1", "files": {}, "folders": []}))


def test_a_restore_that_swapped_nothing_waits_on_a_disk_that_can_only_be_read(store, tmp_path, only_read, caplog):
    cut_short(store, tmp_path, swapped=False)
    settle_restore(store, tmp_path)
    assert "cleared at the next start" in caplog.text


def test_a_restore_cut_in_its_midst_is_told_on_a_disk_that_can_only_be_read(store, tmp_path, only_read):
    cut_short(store, tmp_path, swapped=True)
    with pytest.raises(UnavailableError, match="a restore was cut short") as caught:
        settle_restore(store, tmp_path)
    assert caught.value.code == "restore-waits"


def test_a_restore_to_a_disk_that_can_only_be_read_is_refused_in_a_sentence(store, backup, tmp_path, only_read):
    with pytest.raises(MobilityError, match=r"Read-only file system\); all is as it was"):
        restore_backup(store, tmp_path / "state", backup, replace=True)


STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def _restore(url, state, backup, number):
    """In a process of its own: restore, and be killed before the n-th step on the disk or the n-th end of an act."""
    store = Store(url)
    count = 0

    def step(*_told):
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(what, told):
        if what in STEPS and ASIDE in str(told[0]) + str(told[1:2]):
            step()

    @event.listens_for(store.engine, "before_cursor_execute")
    def before(_connection, _cursor, statement, *_more):
        if statement.startswith(("COMMIT", "INSERT INTO persons")) or MARK.name in statement:
            step()

    event.listen(store.engine, "commit", step)
    sys.addaudithook(audit)
    restore_backup(store, state, backup, replace=True)


@pytest.mark.prove
def test_a_restore_killed_at_any_step_lands_whole_or_not_at_all(store, backup, tmp_path):
    state, ends = tmp_path / "state", []
    # The files are the same on both: a sample of the steps tells that PostgreSQL's mark lands with its rows too.
    pace = 1 if store.url.startswith("sqlite") else 5
    for number in range(1, 500, pace):
        process = multiprocessing.get_context("fork").Process(
            target=_restore, args=(store.url, state, backup, number), daemon=True
        )
        process.start()
        process.join(60)
        again = Store(store.url)
        settle_restore(again, state)
        end = found(again, state)
        again.close()
        assert end in (BEFORE, AFTER), number
        ends.append(end == AFTER)
        if end == AFTER:
            shutil.rmtree(state)
            fill(state, FORMER)
            with store.writing() as tx:
                tx.execute(persons.delete())
            people(store, BEFORE[0])
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
    # From one step on it has landed, and not before; it ended by itself in the last try.
    assert process.exitcode == 0
    assert ends == sorted(ends)
    assert ends.count(False) > 15 / pace
    assert ends.count(True) > 5 / pace
