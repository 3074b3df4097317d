"""pandas, loaded when the first feed is read."""

from typing import TYPE_CHECKING

from mobility.late import late

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = late("pandas")

__all__ = ["pd"]
