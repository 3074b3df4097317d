"""Backups made and restored by command."""

import shutil

from click.testing import CliRunner

from cli.main import mobility


def test_the_command_line_backs_up_and_restores(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    run = CliRunner().invoke
    assert (
        run(mobility, ["accounts", "add", "chef@example.org", "--name", "x", "--role", "administrator"]).exit_code == 0
    )
    file = str(tmp_path / "b.zip")
    assert run(mobility, ["backup", "make", file]).exit_code == 0
    assert "rows" in run(mobility, ["backup", "check", file]).stdout
    assert run(mobility, ["backup", "restore", file]).exit_code == 3
    shutil.rmtree(tmp_path / "state")
    assert run(mobility, ["backup", "restore", file]).exit_code == 0
    assert "chef@example.org" in run(mobility, ["accounts", "list"]).stdout
