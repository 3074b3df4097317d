"""Who may call what: one table for every page and call of the site. What it does not name is refused."""

from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER, ROLES

EVERYONE: frozenset[str] = frozenset()
"""No role asked for."""
SIGNED_IN = frozenset(ROLES)
_PLANNER, _AGENT, _ADMINISTRATOR = frozenset({PLANNER}), frozenset({AGENT}), frozenset({ADMINISTRATOR})

BLUEPRINTS: dict[str, frozenset[str]] = {
    **dict.fromkeys((
        "about", "calendar", "communes", "downloads", "gaps", "open_data", "ways", "rides", "standard", "sign_in",
        "health", "telephone_calls",
    ), EVERYONE),
    **dict.fromkeys(("planner", "prepare", "scenarios"), _PLANNER),
    "desk": _AGENT,
    "accounts": _ADMINISTRATOR,
}  # fmt: skip
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
