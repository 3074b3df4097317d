"""Who may call what, and to which subject it belongs: tables for every page and call of the site.

What the table of roles does not name is refused; what the table of modules does not name is the service itself.
"""

from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER, ROLES
from mobility.modules import ACCESS, RIDES, TRANSPORT

EVERYONE: frozenset[str] = frozenset()
"""No role asked for."""
SIGNED_IN = frozenset(ROLES)
_PLANNER, _AGENT, _ADMINISTRATOR = frozenset({PLANNER}), frozenset({AGENT}), frozenset({ADMINISTRATOR})

BLUEPRINTS: dict[str, frozenset[str]] = {
    **dict.fromkeys((
        "about", "calendar", "communes", "downloads", "first", "former", "gaps", "open_data", "ways", "rides",
        "standard", "sign_in", "health", "telephone_calls", "notices",
    ), EVERYONE),
    **dict.fromkeys(("planner", "prepare", "scenarios"), _PLANNER),
    "desk": _AGENT,
    "sheets": SIGNED_IN,
    # Of what a list is, and so who takes it in, the page asks besides.
    "imports": _AGENT | _PLANNER,
    "accounts": _ADMINISTRATOR,
    "journal": _ADMINISTRATOR,
}  # fmt: skip
"""Roles of which one is asked for, by blueprint. The carpooling standard and telephone
providers have keys of their own."""

ENDPOINTS: dict[str, frozenset[str]] = {
    "static": EVERYONE,
    "calendar.save_dates": _PLANNER,
    "calendar.move_visit": _PLANNER,
    "planner.stops": EVERYONE,
    # Whoever started a job follows it; the page itself asks for the role of its kind.
    "planner.job": SIGNED_IN,
    "planner.job_state": SIGNED_IN,
    "planner.cancel": SIGNED_IN,
    "planner.start_again": SIGNED_IN,
    "scenarios.past": EVERYONE,
    "sign_in.settings": SIGNED_IN,
    # Each desk tells what is due to the roles that it is for.
    "desk.index": SIGNED_IN,
    "desk.search": SIGNED_IN,
    "desk.figures": SIGNED_IN,
    "notices.write": frozenset({PLANNER, AGENT}),
    "notices.end": frozenset({PLANNER, AGENT}),
}
"""Endpoints that differ from their blueprint."""


def roles_for(endpoint: str | None) -> frozenset[str] | None:
    """Return the roles of which one is asked for (none: everyone may); None where the table does not know it."""
    if endpoint is None:
        return EVERYONE
    if endpoint in ENDPOINTS:
        return ENDPOINTS[endpoint]
    return BLUEPRINTS.get(endpoint.rpartition(".")[0])


MODULE_BLUEPRINTS = {"rides": RIDES, "standard": RIDES, "gaps": ACCESS}
"""The module of a blueprint."""
MODULE_ENDPOINTS = {
    # Places are looked for by every question.
    "rides.places": "",
    **dict.fromkeys((
        "open_data.feed", "open_data.feed_map_page", "open_data.download", "open_data.history", "open_data.changes",
        "open_data.report", "open_data.on_demand",
    ), TRANSPORT),
    **dict.fromkeys((
        "open_data.volunteer_lines", "desk.requests", "desk.show", "desk.act", "desk.batch",
        "desk.batch_result", "desk.driver_call", "desk.look_for_drivers", "desk.example", "former.thanks",
    ), RIDES),
}  # fmt: skip
"""Endpoints that differ from their blueprint."""


def module_of(endpoint: str | None) -> str:
    """Return the module that a page or call belongs to; "" for the service itself."""
    if endpoint is None:
        return ""
    if endpoint in MODULE_ENDPOINTS:
        return MODULE_ENDPOINTS[endpoint]
    return MODULE_BLUEPRINTS.get(endpoint.rpartition(".")[0], "")
