"""Who may call what: one table for every page and call of the site. What it does not name is refused."""

from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER, ROLES

EVERYONE: frozenset[str] = frozenset()
"""No role asked for."""
SIGNED_IN = frozenset(ROLES)
_PLANNER, _AGENT, _ADMINISTRATOR = frozenset({PLANNER}), frozenset({AGENT}), frozenset({ADMINISTRATOR})

BLUEPRINTS: dict[str, frozenset[str]] = {
    "about": EVERYONE,
    "calendar": EVERYONE,
    "communes": EVERYONE,
    "downloads": EVERYONE,
    "gaps": EVERYONE,
    "open_data": EVERYONE,
    "ways": EVERYONE,
    "rides": EVERYONE,
    "standard": EVERYONE,
    "sign_in": EVERYONE,
    "health": EVERYONE,
    "telephone_calls": EVERYONE,
    "planner": _PLANNER,
    "prepare": _PLANNER,
    "scenarios": _PLANNER,
    "desk": _AGENT,
    "accounts": _ADMINISTRATOR,
}
"""Roles of which one is asked for, by blueprint. The carpooling standard and telephone
providers have keys of their own."""

ENDPOINTS: dict[str, frozenset[str]] = {
    "static": EVERYONE,
    "calendar.save_dates": _PLANNER,
    "planner.stops": EVERYONE,
    # Whoever started a job follows it; the page itself asks for the role of its kind.
    "planner.job": SIGNED_IN,
    "planner.job_state": SIGNED_IN,
    "planner.cancel": SIGNED_IN,
    "scenarios.past": EVERYONE,
    "sign_in.own_account": SIGNED_IN,
}
"""Endpoints that differ from their blueprint."""


def roles_for(endpoint: str | None) -> frozenset[str] | None:
    """Return the roles of which one is asked for (none: everyone may); None where the table does not know it."""
    if endpoint is None:
        return EVERYONE
    if endpoint in ENDPOINTS:
        return ENDPOINTS[endpoint]
    return BLUEPRINTS.get(endpoint.rpartition(".")[0])
