"""Commands run on a copy of the prepared state."""

from tests.fixtures_site import desk_open_to_tests, example_state, prepared_state, state

__all__ = ["desk_open_to_tests", "example_state", "prepared_state", "state"]
