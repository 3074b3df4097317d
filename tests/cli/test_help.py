"""What `mobility --help` costs, and that the table it reads says what the commands say."""

import inspect
import resource
import subprocess
import sys

import click
import pytest

from cli.commands import COMMANDS, GroupEntry
from cli.main import LateCommand, mobility
from tests.conftest import ROOT

CPU = 0.5
"""Seconds within which a help that loads no command answers."""
TOLD = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: print(*(set(sys.modules) - before), file=sys.stderr))
from cli.main import run
run()
"""
GROUPS = [name for name, entry in COMMANDS.items() if isinstance(entry, GroupEntry)]


def late_commands(group=mobility, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from late_commands(command, (*path, name))
        else:
            yield (*path, name), command


LATE = dict(late_commands())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in GROUPS)], ids=" ".join)
def test_a_help_loads_click_alone(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", TOLD, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert done.stdout
    assert "cli" in loaded
    assert loaded - sys.stdlib_module_names <= {"cli", "click"}
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < CPU


@pytest.mark.parametrize(("path", "late"), LATE.items(), ids=map(" ".join, LATE))
def test_the_table_says_what_the_command_says(path, late):
    assert isinstance(late, LateCommand)
    command = late.load()
    paragraph = " ".join(inspect.cleandoc(command.help).split("\n\n")[0].split())
    assert paragraph == late.help or paragraph.startswith(late.help + " ")
    assert late.help.endswith(".")
    assert command.hidden == late.hidden
    assert command.name == path[-1]


def test_the_command_answers_as_a_module():
    done = subprocess.run([sys.executable, "-m", "cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: mobility ")
