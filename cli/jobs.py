"""`mobility jobs`: the long work of the site, seen and stopped from the machine."""

import click

from cli.options import in_house
from cli.output import show
from desks.house import House
from desks.jobs import Job, Jobs
from mobility.errors import MobilityError


@click.command("list")
@in_house()
def list_(house: House, *, as_json: bool) -> None:
    """List the long work of late, the newest first.

    Work that nobody is at for minutes is silent: a site that does such work takes it over, others pass it over.

    \b
    Example:
      mobility jobs list --json
    """
    found = Jobs(lambda: house.store, {}, house.clock).latest()
    document = [
        {
            "id": job.id,
            "kind": job.kind,
            "state": job.state,
            "stage": job.stage,
            "share": round(job.share, 3),
            "silent": job.silent,
        }
        for job in found
    ]
    show(document, [_line(job) for job in found] or ["no work"], as_json=as_json)


def _line(job: Job) -> str:
    share = "" if job.finished else f"  {job.share:.0%} {job.stage}".rstrip()
    silent = "  silent" if job.silent else ""
    return f"{job.id}  {job.created:%Y-%m-%d %H:%M}Z  {job.kind}  {job.state}{share}{silent}"


@click.command()
@click.argument("job")
@in_house()
def cancel(house: House, job: str, *, as_json: bool) -> None:
    """Stop some long work; whoever does it learns of it within a second.

    \b
    Example:
      mobility jobs cancel 3f2a…
    """
    if not Jobs(lambda: house.store, {}, house.clock).stop(job, who="command line"):
        raise MobilityError("no-such-work", f"no work '{job}' is waiting or under way", field="job", value=job)
    show({"id": job, "state": "cancelled"}, ["cancelled"], as_json=as_json)
