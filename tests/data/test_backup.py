"""Backups: whole, from one kind of database to the other, taken under load; and the upgrade of an older database."""

import threading
import zipfile
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, func, select, text

from data.accounts import add_account, all_accounts, open_session, read_session
from data.backup import make_backup, read_backup, restore_backup
from data.jobs import add_job, find_job
from data.journal import check_journal, journal_of, note
from data.people import add_person, find_person, persons_with_telephone, remembered_wishes, set_wishes
from data.ride_schema import persons
from data.store import Store, migration_config
from mobility.accounts import ADMINISTRATOR, Grant
from mobility.consent import CONSENTS, Consent
from mobility.errors import MobilityError
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW
from tests.fixtures_database import KINDS, fresh_postgres


def fill(store, count=3):
    """Write people, an account, a job and a journal."""
    with store.writing() as tx:
        for number in range(count):
            person = Person(f"p{number}", RIDER, f"Passagère {number}", "46044")
            agreed = tuple(Consent(what) for what in CONSENTS)
            add_person(tx, Newcomer(person, Contact("Nom", f"06000000{number:02d}"), agreed), now=NOW, by="test")
            set_wishes(tx, person.id, {"wheelchair"}, now=NOW)
            note(tx, "test", "person-added", about=f"p{number}", now=NOW)
        account = add_account(tx, "chef@example.org", "Une responsable", [Grant(ADMINISTRATOR)], now=NOW)
        open_session(tx, account.id, now=NOW)
        add_job(tx, "study", {"days": ["2026-12-01"]}, worker="w", now=NOW)


@pytest.fixture(params=KINDS)
def other(request, tmp_path: Path):
    """An empty store of each kind, to restore to."""
    address, drop = (
        (f"sqlite:///{tmp_path / 'other.sqlite'}", lambda: None) if request.param == "sqlite" else fresh_postgres()
    )
    store = Store(address)
    yield store
    store.close()
    drop()


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def test_everything_comes_back_on_either_database(store, other, tmp_path):
    fill(store)
    files = tmp_path / "state"
    (files / "feeds").mkdir(parents=True)
    (files / "feeds" / "a.zip").write_bytes(b"\x00feed")
    (files / "rides.sqlite").write_bytes(b"left out")
    made = make_backup(store, files, tmp_path / "b.zip", now=NOW)
    assert read_backup(tmp_path / "b.zip") == made
    assert made.rows["persons"] == 3
    back = tmp_path / "back"
    restore_backup(other, back, tmp_path / "b.zip")
    assert (back / "feeds" / "a.zip").read_bytes() == b"\x00feed"
    assert not (back / "rides.sqlite").exists()
    with other.writing() as tx:
        assert remembered_wishes(tx, "p1", now=NOW) == {"wheelchair"}
        assert persons_with_telephone(tx, "06 00 00 00 02")[0].id == "p2"
        assert [a.roles("x") for a in all_accounts(tx)] == [{ADMINISTRATOR}]
        assert [act["at"] for act in journal_of(tx)] == [NOW] * 3
        note(tx, "test", "again", now=NOW)
    with other.reading() as tx:
        # The journal's chain goes on after the lines that came back.
        assert [act["number"] for act in journal_of(tx)] == [4, 3, 2, 1]
        assert [checked.faults for checked in check_journal(tx)] == [()]
    again = make_backup(other, back, tmp_path / "c.zip", now=NOW)
    assert {**again.rows, "journal": 3} == dict(made.rows)


def test_the_database_itself_is_no_file_of_a_backup_whatever_its_name(tmp_path):
    folder = tmp_path / "state"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "kept.json").write_text("{}")
    file = folder / "files" / "rides.db"
    store = Store(f"sqlite:///{folder}/files/../files/rides.db")
    fill(store)
    (folder / "seen").symlink_to(file)
    assert {path.name for path in store.files()} & {path.name for path in file.parent.iterdir()} > {"rides.db-wal"}
    made = make_backup(store, folder, tmp_path / "b.zip", now=NOW)
    assert [name for name in made.files if name.startswith("files/")] == ["files/files/kept.json"]
    store.close()


@pytest.mark.parametrize("side", ["", "-wal", "-shm", "-journal"])
def test_a_raw_database_in_a_former_backup_is_not_put_in_place_of_the_live_one(tmp_path, side):
    folder = tmp_path / "state"
    folder.mkdir()
    store = Store(f"sqlite:///{folder / 'rides.db'}")
    fill(store)
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / f"rides.db{side}").write_bytes(b"of another day" * 10_000)
    make_backup(store, strange, tmp_path / "b.zip", now=NOW)
    live = folder / f"rides.db{side}"
    there = live.exists()
    made = restore_backup(store, folder, tmp_path / "b.zip", replace=True)
    assert f"files/rides.db{side}" in made.files
    assert live.exists() == there
    assert not there or not live.read_bytes().startswith(b"of another day")
    store.close()
    again = Store(store.url)
    with again.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(persons)) == 3
        assert tx.scalar(text("PRAGMA integrity_check")) == "ok"
    again.close()


def test_data_is_replaced_only_where_one_says_so(store, tmp_path):
    fill(store)
    make_backup(store, tmp_path / "none", tmp_path / "b.zip", now=NOW)
    fill_more = Newcomer(Person("late", RIDER, "Passager"), Contact())
    with store.writing() as tx:
        add_person(tx, fill_more, now=NOW, by="test")
    with pytest.raises(MobilityError, match="holds data"):
        restore_backup(store, tmp_path / "x", tmp_path / "b.zip")
    restore_backup(store, tmp_path / "x", tmp_path / "b.zip", replace=True)
    with store.reading() as tx:
        assert tx.execute(select(func.count()).select_from(persons)).scalar() == 3


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def changed(path):
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["tables/persons.jsonl"] = parts["tables/persons.jsonl"].replace(b"46044", b"46042")
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


def emptied(path):
    path.write_bytes(b"")


def no_manifest(path):
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("hello", "x")


@pytest.mark.parametrize("spoil", [cut, changed, emptied, no_manifest])
def test_a_broken_backup_changes_nothing(store, tmp_path, spoil):
    fill(store)
    file = tmp_path / "b.zip"
    make_backup(store, tmp_path / "none", file, now=NOW)
    spoil(file)
    with pytest.raises(MobilityError, match="no whole backup"):
        restore_backup(store, tmp_path / "x", file, replace=True)
    with store.reading() as tx:
        assert find_person(tx, "p1")
    with pytest.raises(MobilityError, match="no such file"):
        read_backup(tmp_path / "absent.zip")


def test_rows_that_do_not_fit_leave_all_as_it_was(store, tmp_path, monkeypatch):
    fill(store)
    make_backup(store, tmp_path / "none", tmp_path / "b.zip", now=NOW)
    monkeypatch.setattr("data.backup.fill_table", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        restore_backup(store, tmp_path / "x", tmp_path / "b.zip", replace=True)
    with store.reading() as tx:
        assert find_person(tx, "p2")


@pytest.mark.prove
def test_a_backup_under_load_holds_every_write_acknowledged_before_it(store, other, tmp_path):
    acknowledged: list[str] = []
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            name = f"w{number}-{threading.get_ident()}"[:32]
            with store.writing() as tx:
                add_person(tx, Newcomer(Person(name, RIDER, "x"), Contact()), now=NOW, by="test")
                note(tx, "test", "person-added", about=name, now=NOW)
            acknowledged.append(name)
            number += 1

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 30:
        stop.wait(0.01)
    before = set(acknowledged)
    made = make_backup(store, tmp_path / "none", tmp_path / "b.zip", now=NOW)
    stop.set()
    for thread in threads:
        thread.join()
    restore_backup(other, tmp_path / "x", tmp_path / "b.zip")
    with other.reading() as tx:
        kept = {row.id for row in tx.execute(select(persons.c.id))}
        noted = {act["about"] for act in journal_of(tx, limit=100_000)}
    assert before <= kept <= set(acknowledged)
    # One state: each person with its line in the journal.
    assert kept == noted
    assert made.rows["persons"] == len(kept)


def closed(monkeypatch, *names, error=None):
    """Close files to this account, also where it is one that no file is closed to."""
    before = Path.open

    def refuse(path, *args, **more):
        if path.name in names:
            raise error or PermissionError(13, "Permission denied", str(path))
        return before(path, *args, **more)

    monkeypatch.setattr(Path, "open", refuse)


def test_a_file_closed_to_the_account_is_named_and_nothing_half_is_left(store, tmp_path, monkeypatch):
    (tmp_path / "state" / "plans").mkdir(parents=True)
    (tmp_path / "state" / "plans" / "a.json").write_text("{}")
    closed(monkeypatch, "a.json")
    with pytest.raises(MobilityError, match=r"plans/a.json cannot be read \(Permission denied\); give it") as caught:
        make_backup(store, tmp_path / "state", tmp_path / "b.zip", now=NOW)
    assert caught.value.code == "backup-failed"
    assert list(tmp_path.glob("*b.zip*")) == []


def test_a_folder_closed_to_the_account_is_named(store, tmp_path, monkeypatch):
    (tmp_path / "state" / "plans").mkdir(parents=True)

    def refuse(folder, onerror):
        onerror(PermissionError(13, "Permission denied", f"{folder}/plans"))
        return []

    monkeypatch.setattr("os.walk", refuse)
    with pytest.raises(MobilityError, match="state/plans cannot be read"):
        make_backup(store, tmp_path / "state", tmp_path / "b.zip", now=NOW)


def test_what_was_put_aside_and_cannot_be_read_is_left_out_and_told(store, tmp_path, monkeypatch, caplog):
    state = tmp_path / "state"
    state.mkdir()
    (state / "kept.json").write_text("{}")
    (state / "study.unreadable-1").write_text("{}")
    (state / "figures.unreadable-1").write_text("{}")
    closed(monkeypatch, "study.unreadable-1")
    made = make_backup(store, state, tmp_path / "b.zip", now=NOW)
    told = {name for name in made.files if name.startswith("files/")}
    assert told == {"files/kept.json", "files/figures.unreadable-1"}
    assert "study.unreadable-1 cannot be read (Permission denied): it was put aside" in caplog.text
    assert read_backup(tmp_path / "b.zip") == made


def test_a_file_that_went_meanwhile_is_in_no_backup(store, tmp_path, monkeypatch):
    state = tmp_path / "state"
    state.mkdir()
    (state / "gone.json").write_text("{}")
    closed(monkeypatch, "gone.json", error=FileNotFoundError(2, "No such file or directory"))
    assert not any(name.startswith("files/") for name in make_backup(store, state, tmp_path / "b.zip", now=NOW).files)


def test_a_full_disk_leaves_no_half_backup(store, tmp_path, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "open", full)
    with pytest.raises(MobilityError, match="No space left"):
        make_backup(store, tmp_path / "none", tmp_path / "b.zip", now=NOW)
    assert list(tmp_path.glob("b.zip*")) == []


def test_an_older_database_is_brought_up_to_date(bare_database, tmp_path):
    engine = create_engine(bare_database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    with engine.begin() as connection:
        command.upgrade(migration_config(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO persons (id, kind, alias, commune, consents, example, created, seen) VALUES "
                "('old', 'rider', 'Passagère', '46044', '{}', FALSE, '2026-01-01 10:00:00', '2026-01-01 10:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO contacts (person, name, telephone, mail, address) VALUES "
                "('old', 'Nom', '+33 6 39 10 00 01', '', '')"
            )
        )
    engine.dispose()
    store = Store(bare_database)
    with store.reading() as tx:
        assert remembered_wishes(tx, "old", now=NOW) == frozenset()
        assert persons_with_telephone(tx, "06 39 10 00 01")[0].id == "old"
        assert find_job(tx, "none") is None
        assert read_session(tx, "none", now=NOW, idle=NOW - NOW, longest=NOW - NOW) is None
    store.close()
