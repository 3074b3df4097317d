"""`mobility accounts`: who may sign in, for whoever runs the machine."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import click

from cli.options import day_option, in_house
from cli.output import EXIT_BROKEN, WHO, plainly, show
from data.accounts import all_accounts
from data.journal import Asked, Checked
from desks.accounts.first_word import forget_first_word
from desks.accounts.opening import account_of_mail, close_account, erase, hand_over, invite_again, open_account
from desks.house import House
from desks.journal import check, hand_out, still_known
from desks.served import served_address
from mobility.accounts import AGENT, ROLES, Grant
from webapp.words.accounts import link_address


def _address(house: House, secret: str) -> str:
    # The port of the site that runs is an option of its own: this command does not know it.
    return link_address(replace(house.settings, public_address=served_address(house.settings)), secret)


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
    address = _address(house, secret)
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
    address = _address(house, secret)
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


@click.command()
@click.argument("mail")
@in_house(json=False)
def export(house: House, mail: str) -> None:
    """Print everything that is kept about an account's holder, as JSON to hand to them.

    \b
    Example:
      mobility accounts export agent@example.org > compte.json
    """
    account = account_of_mail(house.store, mail).id
    show(hand_over(house.store, house.wording, account, now=house.clock(), who=WHO), [], as_json=True)


@click.command("erase")
@click.argument("mail")
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_house(json=False)
def erase_(house: House, mail: str, *, yes: bool) -> None:
    """Erase an account with all that is its holder's; the journal keeps its identifier alone.

    \b
    Example:
      mobility accounts erase agent@example.org
    """
    account = account_of_mail(house.store, mail).id
    if not yes:
        click.confirm("Erase this account for good?", abort=True, err=True)
    erase(house.store, account, now=house.clock(), who=WHO)
    click.echo("erased", err=True)


@click.command()
@click.option("--verify", is_flag=True, help="Compute the chains anew; exit code 1 where anything is wrong.")
@click.option("--known", metavar="HEAD", default="", help="Tell whether a head printed before is still there.")
@click.option("--who", default="", help="Of one who acted: an account or person by identifier, or a word.")
@click.option("--act", default="", help="Of one act.")
@click.option("--about", default="", help="About a record, or a person and all that is theirs.")
@day_option("--from", "first", help="First day.")
@day_option("--to", "last", help="Last day.")
@in_house()
def journal(
    house: House, known: str, who: str, act: str, about: str, first: date | None, last: date | None, *, verify: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Print who did or saw what, or check that nothing of it was changed.

    \b
    Examples:
      mobility accounts journal --from 2026-12-01 --json
      mobility accounts journal --verify
    """
    if verify or known:
        _verified(check(house.store) if verify else [], known, house, as_json=as_json)
        return
    zone = house.rides.zone
    since, until = (datetime.combine(day, time(), zone) if day else None for day in (first, last))
    asked = Asked(
        who, act, frozenset([about] if about else []), None, since, until + timedelta(days=1) if until else None
    )
    found = hand_out(house.store, asked, now=house.clock(), who=WHO)
    if as_json:
        show(list(found), [], as_json=True)
        return
    nothing = True
    for line in found:
        nothing = False
        at = f"{line['at'].astimezone(zone):%Y-%m-%d %H:%M}"
        click.echo(plainly(f"{at}  {line['who']}  {line['act']}  {line['about']}  {line['why']}"))
    if nothing:
        click.echo("nothing found")


def _verified(checked: list[Checked], known: str, house: House, *, as_json: bool) -> None:
    lines: list[str] = []
    document: dict[str, Any] = {"chains": []}
    for found in checked:
        chain, name = found.chain, found.chain.structure or "(no structure)"
        wrong = [{"line": fault.number, "fault": fault.kind} for fault in found.faults]
        told = {"structure": chain.structure, "lines": found.lines, "last": chain.last, "head": chain.head}
        document["chains"].append({**told, "faults": wrong})
        lines.append(f"{name}: {found.lines} lines, head {chain.head}{' BROKEN' if wrong else ''}")
        lines += [f"  line {fault['line']}: {fault['fault']}" for fault in wrong]
    there = not known or still_known(house.store, known)
    if known:
        document["known"] = there
        lines.append("this head is in the journal" if there else "this head is NOT in the journal")
    show(document, lines or ["the journal is empty"], as_json=as_json)
    if not there or any(found.faults for found in checked):
        raise SystemExit(EXIT_BROKEN)
