"""`mobility tick`: what time brings, done once."""

from traceback import format_exception

import click

from cli.options import in_house
from cli.output import EXIT_BROKEN, EXIT_INPUT, plainly, show
from desks.chores import do_chores
from desks.house import House
from mobility.errors import HouseError


@click.command()
@in_house()
def tick(house: House, *, as_json: bool) -> None:
    """Do what time brings: end late proposals and consents, remind of rides, send messages, forget what is old.

    Meant for a timer, every few minutes. What one desk cannot do keeps no other from its own; each trouble is told.

    \b
    Example:
      mobility tick
    """
    done = do_chores(house.chores, house.clock())
    show(done.counts, [f"{what}: {count}" for what, count in done.counts.items()], as_json=as_json)
    for name, trouble in done.troubles.items():
        # What nobody foresaw is told with where it happened.
        told = str(trouble) if isinstance(trouble, HouseError) else "".join(format_exception(trouble)).rstrip()
        click.echo(plainly(f"error: {name}: {told}"), err=True)
    if done.troubles:
        foreseen = all(isinstance(trouble, HouseError) for trouble in done.troubles.values())
        raise SystemExit(EXIT_INPUT if foreseen else EXIT_BROKEN)
