"""`mobility people`: what is kept of people handed over, put right, erased, forgotten by its age."""

import click

from cli.options import in_house
from cli.output import WHO, show
from desks.house import House
from desks.people import rights
from desks.people.retention import forget_old
from desks.rides.people import erase as erase_person


@click.command()
@click.argument("person")
@in_house(json=False)
def export(house: House, person: str) -> None:
    """Print everything that is kept about a person, as JSON to hand to them.

    \b
    Example:
      mobility people export 3f2a… > personne.json
    """
    show(rights.hand_over(house.store, house.wording, person, now=house.clock(), who=WHO), [], as_json=True)


@click.command()
@click.argument("person")
@click.argument("values", metavar="FIELD=VALUE…", nargs=-1, required=True)
@in_house(json=False)
def correct(house: House, person: str, values: tuple[str, ...]) -> None:
    """Put right what is kept of a person: alias, name, telephone, mail, address, commune.

    \b
    Example:
      mobility people correct 3f2a… telephone=0565000000 address="2 rue du Port"
    """
    stated = {}
    for value in values:
        name, equals, told = value.partition("=")
        if not equals:
            raise click.BadParameter(f"'{value}' is not FIELD=VALUE", param_hint="FIELD=VALUE")
        stated[name.strip()] = told.strip()
    rights.correct(house.store, house.ground.territory, person, stated, now=house.clock(), who=WHO)
    click.echo(f"corrected: {', '.join(sorted(stated))}", err=True)


@click.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_house(json=False)
def erase(house: House, person: str, *, yes: bool) -> None:
    """Erase a person with all that is theirs; rides still agreed are cancelled first, and the others told.

    \b
    Example:
      mobility people erase 3f2a…
    """
    if not yes:
        click.confirm("Erase this person for good?", abort=True, err=True)
    erase_person(house.rides, person, now=house.clock(), who=WHO)
    click.echo("erased", err=True)


@click.command("purge")
@click.option("--days", type=click.IntRange(30, 3660), help="Retention (default: MOBILITY_RETENTION_DAYS).")
@in_house()
def purge_(house: House, days: int | None, *, as_json: bool) -> None:
    """Forget what is older than the retention: requests, matches, messages, persons who do nothing any more.

    \b
    Example:
      mobility people purge --days 400
    """
    counts = forget_old(house.store, days or house.settings.retention_days, now=house.clock(), who=WHO)
    show(counts, [f"{count} {kind} forgotten" for kind, count in counts.items()], as_json=as_json)
