"""Settings, read from the environment once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data.territory_files import TERRITORIES, read_toml
from mobility.errors import MobilityError

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Settings:
    """How one installation runs; ``docs/settings.md`` lists the variables.

    ``territory`` is a name or a folder; ``state`` holds plans, caches and uploads; ``public_address`` is where the
    public reaches the site (default: host and port); ``roads`` an OSM extract or folder of road tables ("" for the
    embedded links).
    """

    territory: str
    state: Path
    host: str = "127.0.0.1"
    port: int = 8000
    roads: str = ""
    public_address: str = ""

    @property
    def public_url(self) -> str:
        """Return the address printed on posters and in calendars, without a final slash."""
        return (self.public_address or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def road_cache(self) -> Path:
        """Return the folder of cached networks."""
        return self.state / "networks"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from MOBILITY_* variables."""
    env = os.environ if environment is None else environment
    return Settings(
        territory=env.get("MOBILITY_TERRITORY") or default_territory(),
        state=Path(env.get("MOBILITY_STATE") or ROOT / "var"),
        host=env.get("MOBILITY_HOST", "127.0.0.1"),
        port=_port(env.get("MOBILITY_PORT", "8000")),
        public_address=env.get("MOBILITY_PUBLIC_URL", ""),
        roads=env.get("MOBILITY_ROADS", ""),
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise MobilityError("bad-port", f"'{text}' is not a port (1 to 65535)", field="MOBILITY_PORT", value=text)
    return int(text)


def default_territory() -> str:
    """Return the territory shown where none is asked for, as ``data/territories/default.toml`` says."""
    return str(read_toml(TERRITORIES / "default.toml")["territory"])
