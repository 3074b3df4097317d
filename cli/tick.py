"""`mobility tick`: what time brings, done once."""

import click

from cli.options import in_house
from cli.output import show
from desks.chores import do_chores
from desks.house import House


@click.command()
@in_house()
def tick(house: House, *, as_json: bool) -> None:
    """Do what time brings: end late proposals and consents, remind of rides, send messages, forget what is old.

    Meant for a timer, every few minutes. What one desk cannot do keeps no other from its own.

    \b
    Example:
      mobility tick
    """
    done = do_chores(house.chores, house.clock())
    show(done.counts, [f"{what}: {count}" for what, count in done.counts.items()], as_json=as_json)
    for trouble in done.troubles.values():
        raise trouble
