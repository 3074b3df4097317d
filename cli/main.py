"""The command `mobility` and its groups, each loaded when first asked for."""

from importlib import import_module

import click

from cli.output import keep_standard_output

GROUPS = {
    "territory": "cli.territory",
    "data": "cli.data",
    "roads": "cli.roads",
    "calendar": "cli.calendar",
    "gtfs": "cli.gtfs",
    "journeys": "cli.journeys",
    "access": "cli.access",
    "rides": "cli.rides",
    "accounts": "cli.accounts",
    "backup": "cli.backup",
    "serve": "cli.serve",
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own: `--help` need not load the solver."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the groups."""
        return list(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a group."""
        if cmd_name not in GROUPS:
            return None
        command: click.Command = getattr(import_module(GROUPS[cmd_name]), cmd_name)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="mobility-territory")
def mobility() -> None:
    """Plan the public-services bus of a territory, explain it, publish it.

    \b
    Exit codes: 0 done; 1 a calendar breaks a rule or a check found faults; 2 wrong use of a command;
    3 bad input (the message names it); 4 no calendar obeys the rules.

    \b
    Examples:
      mobility calendar plan
      mobility roads path Cahors Lherm
      mobility serve
    """


def run() -> None:
    """Run the command line with standard output kept for results."""
    keep_standard_output()
    mobility()
