"""`mobility accounts`: who may sign in, for whoever runs the machine."""

from datetime import datetime, timedelta

import click

from cli.options import house_for, territory_option
from cli.output import json_option, reported, show
from data.accounts import account_with_mail, add_account, add_account_link, all_accounts, set_active
from data.ride_journal import note
from desks.accounts.first_word import forget_first_word
from mobility.accounts import AGENT, ROLES, Grant
from mobility.errors import MobilityError
from webapp.words.accounts import link_address

LINK_LIVES = timedelta(days=3)
WHO = "command line"


@click.command()
@click.argument("mail")
@click.option("--name", required=True, help="Name shown in the journal.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="What they may be.")
@click.option("--structure", default="", help="Structure of an agent (default: all).")
@territory_option
@json_option
@reported
def add(mail: str, name: str, roles: tuple[str, ...], structure: str, territory: str | None, *, as_json: bool) -> None:
    """Open an account, and print the link by which its owner chooses a password (once, within three days).

    \b
    Example:
      mobility accounts add agent@example.org --name "Accueil de Prayssac" --role agent --structure "MSAP de Prayssac"
    """
    house = house_for(territory)
    store, now = house.store, datetime.now().astimezone()
    given = [Grant(role, structure if role == AGENT else "", house.ground.folder.id) for role in roles]
    with store.writing() as tx:
        made = add_account(tx, mail, name, given, now=now)
        secret = add_account_link(tx, made.id, expires=now + LINK_LIVES)
        note(tx, WHO, "account-added", about=made.id, now=now)
    # Whoever runs the machine has opened the door: the word that was printed has nothing left to open.
    forget_first_word(house.settings)
    address = link_address(house.settings, secret)
    show({"id": made.id, "mail": made.mail, "link": address}, [f"{made.mail}: {address}"], as_json=as_json)


@click.command("list")
@territory_option
@json_option
@reported
def list_(territory: str | None, *, as_json: bool) -> None:
    """List the accounts.

    \b
    Example:
      mobility accounts list --json
    """
    with house_for(territory).store.reading() as tx:
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
@territory_option
@json_option
@reported
def link(mail: str, territory: str | None, *, as_json: bool) -> None:
    """Print a new link by which the owner of an account chooses a password.

    \b
    Example:
      mobility accounts link agent@example.org
    """
    house = house_for(territory)
    store, now = house.store, datetime.now().astimezone()
    with store.writing() as tx:
        known = account_with_mail(tx, mail)
        if known is None:
            raise MobilityError("no-such-account", f"no account for {mail}", field="mail", value=mail)
        secret = add_account_link(tx, known.id, expires=now + LINK_LIVES)
        note(tx, WHO, "account-changed", about=known.id, detail="lien", now=now)
    address = link_address(house.settings, secret)
    show({"mail": mail, "link": address}, [address], as_json=as_json)


@click.command()
@click.argument("mail")
@territory_option
@reported
def close(mail: str, territory: str | None) -> None:
    """Close an account: its sessions end at once.

    \b
    Example:
      mobility accounts close agent@example.org
    """
    store = house_for(territory).store
    with store.writing() as tx:
        known = account_with_mail(tx, mail)
        if known is None:
            raise MobilityError("no-such-account", f"no account for {mail}", field="mail", value=mail)
        set_active(tx, known.id, active=False)
        note(tx, WHO, "account-changed", about=known.id, detail="fermer", now=datetime.now().astimezone())
    click.echo(f"closed: {mail}", err=True)
