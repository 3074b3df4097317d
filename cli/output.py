"""What every command shares: results, errors with their exit codes, progress."""

import json
import re
import sys
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from data.troubles import disk_trouble
from mobility.errors import HouseError, InfeasibleError
from mobility.proof import Proof
from mobility.travel import Progress

P = ParamSpec("P")
R = TypeVar("R")

WHO = "command line"
"""Who acts, for the journal."""
EXIT_BROKEN = 1
"""A calendar breaks a rule (``calendar judge``), or a check found faults."""
EXIT_INPUT = 3
"""Bad input: a file, an option or a value must be mended."""
EXIT_INFEASIBLE = 4
"""No calendar obeys the rules."""

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Signs that steer a terminal; tabs and ends of lines are ours."""

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result alone, as JSON, on standard output."
)


def proof_text(proof: Proof, gap: float) -> str:
    """Write how far a result is proven, by the three words of ``mobility.proof``; ``gap`` is a share."""
    told = {Proof.VERIFIED: "verified", Proof.SOLVER: "proven by the solver"}
    return told.get(proof, f"within {gap:.3%}")


def show(document: object, lines: list[str], *, as_json: bool) -> None:
    """Print a result: the JSON document, or the lines for a person."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
    else:
        for line in lines:
            click.echo(plainly(line))


def plainly(text: str) -> str:
    """Return a text whose signs only show: what a file brings must not tell the terminal what to do."""
    return _STEERING.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def reported(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors of the house into one line on standard error and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except InfeasibleError as error:
            click.echo(plainly(f"infeasible: {error}"), err=True)
            sys.exit(EXIT_INFEASIBLE)
        except HouseError as error:
            click.echo(plainly(f"error: {error}"), err=True)
            sys.exit(EXIT_INPUT)
        except OSError as error:
            if not disk_trouble(error):
                raise
            click.echo(plainly(f"error: {error.filename}: {error.strerror}"), err=True)
            sys.exit(EXIT_INPUT)

    return run


def terminal_progress() -> Progress:
    """Return a progress that writes on standard error: one moving line in a terminal, a line a stage elsewhere."""
    started = time.monotonic()
    last: dict[str, Any] = {"stage": ""}

    def tell(stage: str, share: float) -> None:
        seconds = time.monotonic() - started
        if sys.stderr.isatty():
            bar = "#" * round(24 * share)
            click.echo(f"\r[{bar:<24}] {share:4.0%} {seconds:5.1f} s  {stage:<12}", nl=share >= 1, err=True)
        elif stage != last["stage"]:
            click.echo(f"{seconds:6.1f} s  {share:4.0%}  {stage}", err=True)
        last["stage"] = stage

    return tell
