"""What commands print."""

import click
from click.testing import CliRunner

from cli.output import reported, show
from mobility.errors import MobilityError


@click.command()
@reported
def told():
    """Print what a file brought, and fail by it."""
    show({}, ["é\tline\x1b[31m\x9b2J\x7f"], as_json=False)
    raise MobilityError("x", "not \x1b]0;title\x07")


def test_what_a_file_brings_never_steers_the_terminal():
    run = CliRunner().invoke(told)
    assert run.stdout == "é\tline\\x1b[31m\\x9b2J\\x7f\n"
    assert run.stderr == "error: not \\x1b]0;title\\x07\n"
