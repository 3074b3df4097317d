"""Backups made and restored by command."""

import json
import os
import shutil
from contextlib import contextmanager
from types import SimpleNamespace

import pyrage
import pytest
from click.testing import CliRunner

from cli.main import mobility
from desks.journal import note_of_everybody
from mobility.errors import UnavailableError
from tests.conftest import NOW


def test_the_command_line_backs_up_and_restores(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    run = CliRunner().invoke
    assert (
        run(mobility, ["accounts", "add", "chef@example.org", "--name", "x", "--role", "administrator"]).exit_code == 0
    )
    file = str(tmp_path / "b.zip")
    assert "in the clear" in run(mobility, ["backup", "make", file]).stdout
    assert "rows" in run(mobility, ["backup", "check", file]).stdout
    assert "in the clear" in run(mobility, ["backup", "check", file]).stdout
    assert run(mobility, ["backup", "restore", file]).exit_code == 3
    shutil.rmtree(tmp_path / "state")
    assert run(mobility, ["backup", "restore", file]).exit_code == 0
    assert "chef@example.org" in run(mobility, ["accounts", "list"]).stdout
    assert run(mobility, ["backup", "make", file]).exit_code == 0
    acts = [line["act"] for line in json.loads(run(mobility, ["accounts", "journal", "--json"]).stdout)]
    assert {"account-added", "backup-made", "backup-restored"} <= set(acts)


def test_a_store_that_cannot_be_written_is_backed_up_all_the_same(caplog):
    @contextmanager
    def refused():
        raise UnavailableError("read-only", "the database can only be read")
        yield

    note_of_everybody(SimpleNamespace(writing=refused), "command line", "backup-made", now=NOW)
    assert "'backup-made' by 'command line' is not in the journal: read-only" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["make", "b.age", "--encrypt", "--passphrase-file", "empty"], "12 signs at least"),
        (["make", "b.age", "--encrypt", "--passphrase-file", "latin"], "latin is not a text in UTF-8"),
        (["make", "b.age", "--recipient", "age1\udcff"], "no public key"),
        (["check", "."], "no such file"),
        (["restore", ".", "--replace"], "no such file"),
    ],
)
def test_what_seals_or_opens_nothing_is_refused_in_words(tmp_path, monkeypatch, arguments, told):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").write_text("\nreal passphrase long\n")
    (tmp_path / "latin").write_bytes(b"caf\xe9 au lait sans sucre")
    done = CliRunner().invoke(mobility, ["backup", *arguments])
    assert done.exit_code in {2, 3}
    assert told in done.stderr or "is a directory" in done.stderr
    assert not (tmp_path / "b.age").exists()


def test_a_file_that_is_not_named_in_utf8_is_named_in_words(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    run = CliRunner().invoke
    run(mobility, ["accounts", "list"])
    (tmp_path / "state" / "cahors").mkdir(exist_ok=True)
    (tmp_path / "state" / "cahors" / os.fsdecode(b"caf\xe9.json")).write_text("{}")
    done = run(mobility, ["backup", "make", str(tmp_path / "b.zip")])
    assert done.exit_code == 3
    assert "caf\\udce9.json' is not named in UTF-8" in done.stderr
    assert not list(tmp_path.glob("*b.zip*"))


@pytest.mark.prove
def test_an_encrypted_backup_is_made_checked_and_restored(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    run = CliRunner().invoke
    run(mobility, ["accounts", "add", "chef@example.org", "--name", "x", "--role", "administrator"])
    secret = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"{secret}\n")
    (tmp_path / "phrase").write_text("une phrase bien longue\n")
    file, told = str(tmp_path / "b.age"), ["--recipient", str(secret.to_public())]
    for making, opening in (
        (told, "--identity=key"),
        (["--passphrase-file", str(tmp_path / "phrase")], "--passphrase-file=phrase"),
    ):
        option = opening.replace("=", f"={tmp_path}/")
        made = run(mobility, ["backup", "make", file, "--encrypt", *making, "--json"])
        assert json.loads(made.stdout)["encrypted"] is True
        assert b"chef@example.org" not in (tmp_path / "b.age").read_bytes()
        assert "in the clear" not in run(mobility, ["backup", "check", file, option]).stdout
        assert run(mobility, ["backup", "restore", file, option, "--replace"]).exit_code == 0
    asked = run(mobility, ["backup", "check", file], input="une phrase bien longue\n")
    assert asked.exit_code == 0
    assert "this file does not open" in run(mobility, ["backup", "check", file], input="une autre\n").stderr
    assert "chef@example.org" in run(mobility, ["accounts", "list"]).stdout
