"""The command `mobility`: its groups made from the table of commands, its modules loaded when called."""

from importlib import import_module

import click

from cli.commands import COMMANDS, CommandEntry, GroupEntry
from cli.standard_output import keep_standard_output


class LateCommand(click.Command):
    """A command known by its one-line help; its module is loaded when it is called."""

    def __init__(self, name: str, entry: CommandEntry) -> None:
        super().__init__(name, help=entry.help, hidden=entry.hidden)
        self.entry = entry

    def load(self) -> click.Command:
        """Return the command itself."""
        module, function = self.entry.address.split(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """Read the arguments as the command itself does: from here on it is the one that answers."""
        return self.load().make_context(info_name, args, parent, **extra)


class OrderedGroup(click.Group):
    """A group that lists its commands as they were added: by subject, not by letter."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


def made(name: str, entry: GroupEntry | CommandEntry) -> click.Command:
    """Return a command of the table, or a group with its commands."""
    if isinstance(entry, CommandEntry):
        return LateCommand(name, entry)
    return click.Group(
        name, help=entry.help, commands=[made(called, inner) for called, inner in entry.commands.items()]
    )


@click.group(cls=OrderedGroup)
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


for called, entry in COMMANDS.items():
    mobility.add_command(made(called, entry))


def run() -> None:
    """Run the command line with standard output kept for results."""
    keep_standard_output()
    mobility(prog_name="mobility")
