"""Backups that are whole and yet hold what belongs into no database: refused in a sentence, and all stays as it was."""

import hashlib
import json
import zipfile

import pytest

from data import backup_parts
from data.backup import make_backup, read_backup, restore_backup
from data.backup_parts import BrokenPartError, parsed_row
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
        row = json.loads(parts[PERSONS]) | changed
        parts[PERSONS] = json.dumps({name: value for name, value in row.items() if value != "left out"}).encode()

    return change


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
REFUSED_WHEN_PUT_IN = {
    "an older version": (manifest_says(revision="0001"), "not those of version 0001"),
    "a table less": (no_table, "persons: its tables"),
    "a table more": (another_table, "secrets: its tables"),
    "a column less": (person(alias="left out"), "line 1: not the columns"),
    "nothing where something must be": (person(alias=None), ""),
    "no row": (rows("persons", b""), ""),
}
ORDINARY = {"an older version", "a table less"}
ROWS = {
    "a column more": (person(secret=1), "not the columns"),
    "a word for yes": (person(example="yes"), "another kind in example"),
    "a number for yes": (person(example=1), "another kind in example"),
    "a number for words": (person(alias=5), "another kind in alias"),
    "a day that is none": (person(created="yesterday"), "ValueError"),
    "a list as row": (rows("persons", b"[]"), "not the columns"),
    "a deep row": (rows("persons", b"[" * 200_000), "RecursionError"),
    "an endless number": (rows("persons", b"9" * 9000), "ValueError"),
    "no words at all": (rows("persons", b"\xff"), "UnicodeDecodeError"),
}


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


@pytest.mark.parametrize(
    "name", [one if one in ORDINARY else pytest.param(one, marks=pytest.mark.prove) for one in REFUSED_WHEN_PUT_IN]
)
def test_rows_of_no_table_are_refused_and_all_stays_as_it_was(store, tmp_path, name):
    change, told = REFUSED_WHEN_PUT_IN[name]
    with pytest.raises(MobilityError, match="no whole backup") as caught:
        restore_backup(store, tmp_path / "x", forged(store, tmp_path, change), replace=True)
    assert told in str(caught.value)
    with store.reading() as tx:
        assert find_person(tx, "p1")


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_fits_no_table_is_told_with_its_line(store, tmp_path, name):
    change, told = ROWS[name]
    with (
        zipfile.ZipFile(forged(store, tmp_path, change)) as archive,
        pytest.raises(BrokenPartError, match=rf"persons.jsonl, line 1: .*{told}"),
    ):
        parsed_row(persons, archive.read(PERSONS), 1)


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
