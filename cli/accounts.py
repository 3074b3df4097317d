"""`mobility accounts`: who may sign in, for whoever runs the machine."""

import click

from cli.options import in_house
from cli.output import show
from data.accounts import all_accounts
from desks.accounts.first_word import forget_first_word
from desks.accounts.opening import account_of_mail, close_account, invite_again, open_account
from desks.house import House
from mobility.accounts import AGENT, ROLES, Grant
from webapp.words.accounts import link_address

WHO = "command line"


@click.command()
@click.argument("mail")
@click.option("--name", required=True, help="Name shown in the journal.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="What they may be.")
@click.option("--structure", default="", help="Structure of an agent (default: all).")
@in_house()
def add(house: House, mail: str, name: str, roles: tuple[str, ...], structure: str, *, as_json: bool) -> None:
    """Open an account, and print the link by which its owner chooses a password (once, within three days).

    \b
    Example:
      mobility accounts add agent@example.org --name "Accueil de Prayssac" --role agent --structure "MSAP de Prayssac"
    """
    given = [Grant(role, structure if role == AGENT else "", house.ground.folder.id) for role in roles]
    made, secret = open_account(house.store, mail, name, given, now=house.clock(), who=WHO)
    # Whoever runs the machine has opened the door: the word that was printed has nothing left to open.
    forget_first_word(house.settings)
    address = link_address(house.settings, secret)
    show({"id": made.id, "mail": made.mail, "link": address}, [f"{made.mail}: {address}"], as_json=as_json)


@click.command("list")
@in_house()
def list_(house: House, *, as_json: bool) -> None:
    """List the accounts.

    \b
    Example:
      mobility accounts list --json
    """
    with house.store.reading() as tx:
        known = all_accounts(tx)
    document = [
        {
            "id": account.id, "mail": account.mail, "name": account.name, "active": account.active,
            "grants": sorted([grant.role, grant.structure, grant.territory] for grant in account.grants),
        }
        for account in known
    ]  # fmt: skip
    lines = [
        f"{account.mail}  {account.name}  {', '.join(sorted(grant.role for grant in account.grants)) or 'no role'}"
        + ("" if account.active else "  closed")
        for account in known
    ]
    show(document, lines or ["no account"], as_json=as_json)


@click.command()
@click.argument("mail")
@in_house()
def link(house: House, mail: str, *, as_json: bool) -> None:
    """Print a new link by which the owner of an account chooses a password.

    \b
    Example:
      mobility accounts link agent@example.org
    """
    _, secret = invite_again(house.store, account_of_mail(house.store, mail).id, now=house.clock(), who=WHO)
    address = link_address(house.settings, secret)
    show({"mail": mail, "link": address}, [address], as_json=as_json)


@click.command()
@click.argument("mail")
@in_house(json=False)
def close(house: House, mail: str) -> None:
    """Close an account: its sessions end at once.

    \b
    Example:
      mobility accounts close agent@example.org
    """
    close_account(house.store, account_of_mail(house.store, mail).id, now=house.clock(), who=WHO)
    click.echo(f"closed: {mail}", err=True)
