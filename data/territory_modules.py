"""Which subjects a territory leaves out: the table ``[modules]`` of ``territory.toml``."""

from data.territory_files import TerritoryFolder
from mobility.errors import MobilityError
from mobility.modules import Modules, parse_modules

FIELD = "territory.toml, modules"


def read_modules(folder: TerritoryFolder) -> Modules:
    """Return the modules of a territory: all of them, but those it says are not there (``rides = false``)."""
    told = folder.settings().get("modules", {})
    if not isinstance(told, dict):
        raise MobilityError(
            "not-a-choice", "modules is a table of names, each true or false", field=FIELD, value=str(told),
            choices="true, false",
        )  # fmt: skip
    return parse_modules(told, FIELD)
