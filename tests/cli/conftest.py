"""Commands run on a copy of the prepared state."""

from tests.fixtures_site import example_state, prepared_state, state

__all__ = ["example_state", "prepared_state", "state"]
