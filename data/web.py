"""requests, loaded when something is first asked of the web."""

from typing import TYPE_CHECKING

from mobility.late import late

if TYPE_CHECKING:
    import requests
else:
    requests = late("requests")

__all__ = ["requests"]
