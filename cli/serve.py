"""`mobility serve`: the site, after the main job where something has changed."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click
from flask import Flask

from cli.output import proof_text, reported, terminal_progress
from data.accounts import has_accounts
from data.private_files import alone_in, try_writing
from desks.accounts.first_word import forget_first_word, new_first_word
from desks.calendar.study import prepare
from desks.chores import start_chores
from desks.jobs import SILENT
from desks.served import note_address
from desks.settings import Settings, read_settings
from mobility.errors import UnavailableError
from mobility.late import late
from mobility.modules import ACCESS
from webapp.app import create_app
from webapp.opening import open_house
from webapp.server.listening import listen
from webapp.server.observing import log_as_json
from webapp.server.visitor import secret_key
from webapp.wiring import Wired
from webapp.words.accounts import first_account_words

if TYPE_CHECKING:
    from webapp.server import workers
else:
    workers = late("webapp.server.workers")

_log = logging.getLogger(__name__)


@click.command()
@click.option("--territory", help="Territory: a name at hand or a folder.")
@click.option("--host", help="Address to listen on (default: MOBILITY_HOST or 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (default: MOBILITY_PORT or 8000).")
@click.option("--no-prepare", is_flag=True, help="Serve what is there, without planning first.")
@reported
def serve(territory: str | None, host: str | None, port: int | None, *, no_prepare: bool) -> None:
    """Plan the calendar where its data has changed, then serve the site.

    While there is no account, a word is printed that opens the first one.

    \b
    Examples:
      mobility serve
      mobility serve --territory figeac --port 8001
      MOBILITY_WORKERS=2 MOBILITY_DATABASE=postgresql://… mobility serve
    """
    settings = read_settings()
    settings = replace(
        settings,
        territory=territory or settings.territory,
        host=host or settings.host,
        port=port or settings.port,
    )
    log_as_json()
    # Made, or refused, before workers start: each of them would say so at length, and start again.
    secret_key(settings.state)
    # The port is taken before any long work.
    app = create_app(settings) if settings.workers == 1 else None
    server = listen(app, settings.host, settings.port) if app else None
    writable = takes_files(settings)
    if writable and not no_prepare:
        house = open_house(settings)
        plan = prepare(house.planning, terminal_progress())
        if house.ground.modules.has(ACCESS):
            house.access.gaps(terminal_progress())
        judged = plan.judgement
        proof = ", ".join(f"{s.objective} {proof_text(s.proof, s.gap)}" for s in plan.solution.stages)
        click.echo(
            f"calendar: {judged.share:.1%} of the need covered, {judged.distance / 1000:.0f} km a cycle ({proof})",
            err=True,
        )
    note_address(settings)
    click.echo(f"site: http://{settings.host}:{settings.port} (Ctrl+C stops it)", err=True)
    if writable:
        tell_first_word(settings)
    if app is None or server is None:
        workers.serve_with_workers(settings, lambda: ticking(create_app(settings), alone=False))
        return
    with alone_in(settings.state) as alone:
        ticking(app, alone=alone)
        server.run()


def takes_files(settings: Settings) -> bool:
    """Tell whether the state folder takes files; where it does not, what is there is served, and that is told."""
    try:
        try_writing(settings.state)
    except OSError as error:
        _log.warning("%s takes no file (%s): what is there is served, as it is", settings.state, error.strerror)
        return False
    return True


def tell_first_word(settings: Settings) -> None:
    """Print the word that opens the first account, where there is none: a new one at each start."""
    store = open_house(settings).store
    with store.reading() as tx:
        opened = has_accounts(tx)
    # Workers are made from this process: they must not share its connections.
    store.close()
    if opened:
        forget_first_word(settings)
        return
    click.echo(first_account_words(settings, new_first_word(settings)), err=True)


def ticking(app: Flask, *, alone: bool) -> Flask:
    """Start what time brings beside an application, and take up the work that a former process left.

    Where this is the only process that serves a state, whatever is unfinished there was left by one that is gone.
    """
    running: Wired = app.extensions["wired"]
    # What the settings name wrongly is told at the start.
    _ = running.house().post
    try:
        running.jobs.resume(silent=timedelta(0) if alone else SILENT)
    except UnavailableError as error:
        if error.code not in {"read-only", "disk-full"}:
            raise
        _log.warning("the work that a former process left waits: %s", error)
    start_chores(running.chores, running.clock, running.bell)
    return app
