"""Commands run on a copy of the prepared state."""

from tests.fixtures_site import prepared_state, state

__all__ = ["prepared_state", "state"]
