"""`mobility serve`: the site, after the main job where something has changed."""

from dataclasses import replace

import click
from waitress import serve as serve_forever

from webapp.app import create_app
from webapp.cli.output import reported, terminal_progress
from webapp.settings import read_settings
from webapp.study import prepare
from webapp.workspace import open_workspace


@click.command()
@click.option("--territory", help="Territory: a name at hand or a folder.")
@click.option("--host", help="Address to listen on (default: MOBILITY_HOST or 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (default: MOBILITY_PORT or 8000).")
@click.option("--no-prepare", is_flag=True, help="Serve what is there, without planning first.")
@reported
def serve(territory: str | None, host: str | None, port: int | None, *, no_prepare: bool) -> None:
    r"""Plan the calendar where its data has changed, then serve the site.

    \b
    Examples:
      mobility serve
      mobility serve --territory figeac --port 8001
    """
    settings = read_settings()
    settings = replace(
        settings,
        territory=territory or settings.territory,
        host=host or settings.host,
        port=port or settings.port,
    )
    if not no_prepare:
        progress = terminal_progress()
        plan = prepare(open_workspace(settings), progress)
        judged = plan.judgement
        proven = "proven optimal" if plan.solution.proven else "best found"
        click.echo(
            f"calendar: {judged.share:.1%} of the need covered, {judged.distance / 1000:.0f} km a cycle, {proven}",
            err=True,
        )
    app = create_app(settings)
    click.echo(f"site: http://{settings.host}:{settings.port} (Ctrl+C stops it)", err=True)
    serve_forever(
        app, host=settings.host, port=settings.port, threads=8, ident=None, clear_untrusted_proxy_headers=True,
        channel_timeout=60,
    )  # fmt: skip
