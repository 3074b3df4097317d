"""Whose a piece of long work is: the role that it is for, and whose requests it may see."""

from collections.abc import Mapping
from typing import Any

from mobility.accounts import AGENT
from mobility.scope import Scope

JOB_ROLES = {"rides": AGENT, "recruits": AGENT}
"""The role that a kind of work is for; a planner's where none is named."""


def scope_of_job(request: Mapping[str, Any]) -> Scope:
    """Return for whose requests a piece of an agent's work was started; everyone's where it does not say."""
    return Scope.of(request.get("structures", [""]))
