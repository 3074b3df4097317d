"""Backups that are whole and yet hold what belongs into no database: refused in a sentence, and all stays as it was."""

import hashlib
import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from data import backup_parts, column_limits
from data.backup import make_backup, read_backup, restore_backup
from data.jobs import add_job
from data.people import add_person, find_person
from data.ride_schema import persons
from data.store import Store
from mobility.errors import MobilityError
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW

PERSONS = "tables/persons.jsonl"


@pytest.fixture
def store(database):
    opened = Store(database)
    with opened.writing() as tx:
        # Two signs that end a line in some books, and in none of ours.
        alias = "Passagère\u2028du\x85bourg"
        add_job(tx, "study", {"days": ["2026-12-01"]}, worker="w", now=NOW)
        add_person(tx, Newcomer(Person("p1", RIDER, alias), Contact("Nom", "0600000000")), now=NOW, by="test")
    yield opened
    opened.close()


def forged(store, folder, change):
    """A backup with parts and a manifest changed, and every checksum right."""
    path = folder / "b.zip"
    make_backup(store, folder / "none", path, now=NOW)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    change(parts, manifest)
    manifest["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
        new.writestr("manifest.json", manifest.pop("raw", None) or json.dumps(manifest))
    return path


def manifest_says(**said):
    return lambda _parts, manifest: manifest.update(said)


def no_table(parts, manifest):
    del parts[PERSONS], manifest["rows"]["persons"]


def another_table(parts, manifest):
    parts["tables/secrets.jsonl"], manifest["rows"]["secrets"] = b'{"id": 1}', 1


def rows(table, *lines):
    def change(parts, manifest):
        parts[f"tables/{table}.jsonl"] = b"\n".join(lines)
        manifest["rows"][table] = len(lines)

    return change


def person(**changed):
    def change(parts, _manifest):
        told = json.loads(parts[PERSONS]) | changed
        parts[PERSONS] = json.dumps({name: value for name, value in told.items() if value != "left out"}).encode()

    return change


def row(table, **changed):
    part = f"tables/{table}.jsonl"

    def change(parts, _manifest):
        parts[part] = json.dumps(json.loads(parts[part]) | changed).encode()

    return change


def twice(table):
    def change(parts, manifest):
        parts[f"tables/{table}.jsonl"] += b"\n" + parts[f"tables/{table}.jsonl"]
        manifest["rows"][table] *= 2

    return change


def attempt(number):
    line = {"number": number, "key": "k", "at": "2026-12-01T00:00:00+00:00"}
    return rows("attempts", json.dumps(line).encode())


REFUSED_AT_CHECK = {
    "base": (manifest_says(revision="base"), "version of its tables is 'base'"),
    "head": (manifest_says(revision="head"), "version of its tables is 'head'"),
    "no version": (manifest_says(revision=""), "version of its tables is ''"),
    "a list as version": (manifest_says(revision=[]), "does not know it"),
    "rows of text": (manifest_says(rows={"persons": "many"}), "list of parts"),
    "rows in a list": (manifest_says(rows=["persons"]), "list of parts"),
    "no list of parts": (manifest_says(raw="[]"), "another format"),
    "a deep manifest": (manifest_says(raw="[" * 200_000), "list of parts"),
    "an hour that steers": (manifest_says(made="\x1b[31m2026-12-01"), "when it was made"),
    "fewer rows than told": (lambda _parts, manifest: manifest["rows"].update(persons=2), "not the 2 rows"),
    "a large manifest": (manifest_says(raw=" " * 1100), "larger than"),
    "a long row": (rows("persons", b"{" + b" " * 3000 + b"}"), "a row of more"),
}
FILES = {
    "a name of 300 letters": ([f"files/{'é' * 128}"], "longer than disks take (255 bytes"),
    "a way of 4,000 letters": (["files/" + "/".join(["folder"] * 600)], "longer than disks take (3000 bytes"),
    "a file that is a folder": (
        ["files/q", "files/q/r/s"],
        "'files/q' would be a file, and a folder for 'files/q/r/s'",
    ),
}
ROWS_REFUSED = {
    "an older version": (manifest_says(revision="0001"), "not those of version 0001"),
    "a table less": (no_table, "persons: its tables"),
    "a table more": (another_table, "secrets: its tables"),
    "a column less": (person(alias="left out"), "persons.jsonl, line 1: not the columns"),
    "a column more": (person(secret=1), "persons.jsonl, line 1: not the columns"),
    "nothing where something must be": (person(alias=None), "persons.jsonl, line 1: nothing in alias"),
    "a word for yes": (person(example="yes"), "line 1: a value of another kind in example"),
    "a number for yes": (person(example=1), "line 1: a value of another kind in example"),
    "a number for words": (person(alias=5), "line 1: a value of another kind in alias"),
    "a day that is none": (person(created="yesterday"), "line 1: ValueError in created"),
    "a text that is too long": (person(alias="x" * 500), "line 1: 120 letters at most in alias"),
    "a sign that nobody keeps": (person(alias="a\0"), "line 1: it holds signs that nobody can read in alias"),
    "half a sign": (person(alias="a\ud800"), "line 1: it holds signs that nobody can read in alias"),
    "the first year": (person(created="0001-01-01T00:00:00+00:00"), "line 1: not of the years 2 to 9998 in created"),
    "the last year": (person(seen="9999-12-31T23:00:00+00:00"), "line 1: not of the years 2 to 9998 in seen"),
    "no number": (row("jobs", request={"a": float("nan")}), "jobs.jsonl, line 1: not a number between"),
    "no row": (rows("persons", b" "), "line 1: JSONDecodeError"),
    "a list as row": (rows("persons", b"[]"), "line 1: not the columns"),
    "a deep row": (rows("persons", b"[" * 200_000), "line 1: RecursionError"),
    "a number of thousands of digits": (
        row("jobs", request=10**4000),
        "jobs.jsonl, line 1: not a number between",
    ),
    "an endless number": (rows("persons", b"9" * 9000), "line 1: ValueError"),
    "no words at all": (rows("persons", b"\xff"), "line 1: UnicodeDecodeError"),
    "the same row twice": (twice("persons"), "persons.jsonl, line 2: "),
    "a row of nobody": (row("contacts", person="p2"), "contacts.jsonl, line 1: person names no row of persons"),
    "a number that counts nothing": (attempt(0), "attempts.jsonl, line 1: 0 in number, which counts from 1"),
    "a number too large": (attempt(2**31), "attempts.jsonl, line 1: not a number between"),
}
ORDINARY = {"an older version", "a table less", "the same row twice", "a row of nobody", "the first year"}


@pytest.mark.parametrize("name", REFUSED_AT_CHECK)
def test_a_backup_that_is_none_is_refused_at_the_check(store, tmp_path, monkeypatch, name):
    change, told = REFUSED_AT_CHECK[name]
    if "large" in name or "long" in name:
        monkeypatch.setattr(backup_parts, "LARGEST_MANIFEST", 1000 if "large" in name else 8_000_000)
        monkeypatch.setattr(backup_parts, "LONGEST_LINE", 2000)
    with pytest.raises(MobilityError, match="no whole backup") as caught:
        read_backup(forged(store, tmp_path, change))
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", FILES)
def test_files_that_no_disk_takes_beside_each_other_are_refused_at_the_check(store, tmp_path, name):
    names, told = FILES[name]
    file = forged(store, tmp_path, lambda parts, _manifest: parts.update(dict.fromkeys(names, b"")))
    with pytest.raises(MobilityError, match="no whole backup") as caught:
        read_backup(file)
    assert told in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "name", [one if one in ORDINARY else pytest.param(one, marks=pytest.mark.prove) for one in ROWS_REFUSED]
)
def test_rows_of_no_table_are_refused_alike_at_the_check_and_when_put_in(store, tmp_path, name):
    change, told = ROWS_REFUSED[name]
    file = forged(store, tmp_path, change)
    for refusing in (lambda: read_backup(file), lambda: restore_backup(store, tmp_path / "x", file, replace=True)):
        with pytest.raises(MobilityError, match="another one") as caught:
            refusing()
        assert told in str(caught.value)
    with store.reading() as tx:
        assert find_person(tx, "p1")
    assert list((tmp_path / "x").iterdir()) == []


UNFIT = {
    "a year that PostgreSQL does not give back": ({"created": datetime(1, 1, 1, tzinfo=UTC)}, "2 to 9998 in created"),
    "a text that is too long": ({"alias": "x" * 500}, "120 letters at most in alias"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_no_backup_is_made_that_could_not_be_restored(store, tmp_path, monkeypatch, name):
    """As a former version, which did not look at its columns' limits, may have left a row."""
    changed, told = UNFIT[name]
    if store.engine.dialect.name == "postgresql" and "alias" in changed:
        pytest.skip("PostgreSQL has always looked at lengths")
    monkeypatch.setattr(column_limits, "refuse_unfit", lambda *_: None)
    with store.writing() as tx:
        tx.execute(update(persons).values(changed))
    with pytest.raises(
        MobilityError, match=r"could not be restored \(table persons, row 1 in the order of id: "
    ) as caught:
        make_backup(store, tmp_path / "none", tmp_path / "b.zip", now=NOW)
    assert told in str(caught.value)
    assert list(tmp_path.glob("*b.zip*")) == []


@pytest.mark.prove
def test_signs_that_end_no_line_come_back(store, tmp_path):
    file = forged(store, tmp_path, lambda _parts, _manifest: None)
    restore_backup(store, tmp_path / "x", file, replace=True)
    with store.reading() as tx:
        assert find_person(tx, "p1").alias == "Passagère\u2028du\x85bourg"


def test_what_others_keep_in_the_database_is_in_no_backup(store, tmp_path):
    with store.writing() as tx:
        tx.exec_driver_sql("CREATE TABLE of_others (id INTEGER)")
    made = make_backup(store, tmp_path / "none", tmp_path / "b.zip", now=NOW)
    assert "of_others" not in made.rows
    assert persons.name in made.rows


def test_parts_packed_in_another_way_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_BZIP2) as packed:
        packed.writestr("manifest.json", " " * 1_000_000)
    with pytest.raises(MobilityError, match="packed in another way"):
        read_backup(tmp_path / "b.zip")
