"""Settings, read from the environment once."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data.private_files import SHORTEST_SECRET
from data.territory_files import TERRITORIES, read_toml
from desks.hosts import LOOPBACK, host_name
from mobility.errors import MobilityError, out_of_range
from mobility.written import is_number

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Settings:
    """How one installation runs; ``docs/settings.md`` lists the variables.

    ``territory`` is a name or a folder; ``state`` holds plans, caches and uploads; ``public_address`` is where the
    public reaches the site (default: host and port); ``roads`` an OSM extract or folder of road tables ("" for the
    embedded links). Rides: ``database`` is where they are kept (default: SQLite in the state), ``smtp`` and
    ``sms_webhook`` carry messages (default: shown on the desk's page only), ``sms_per_day`` and ``sms_per_month``
    SMS at most (0: all), ``answer_hours`` is how many working hours one has to answer a proposal,
    ``retention_days`` how long persons and rides are kept; ``partner_keys`` (NAME=KEY,…) lets other platforms in,
    ``partners`` (NAME=ADDRESS|KEY,…) names those we ask. Accounts: ``oidc_issuer``, ``oidc_client`` and
    ``oidc_secret`` let people sign in by ProConnect. ``inbound_secret`` signs the calls and SMS
    that come in ("": none are taken). ``journal_key`` seals the journal (default: made
    once, in the state). ``base_map`` is "ign" for the
    national agency's tiles (default: our own). Running: ``proxies`` is how many proxies stand in front and may
    be believed, ``workers`` how many processes serve, ``rate_store`` where several of them count requests
    (``redis://…``; default: each on its own). ``hosts`` are further names by which the site may be asked for.
    ``inner_hosts`` are machines and networks that are not public, and that feeds may be fetched from.
    """

    territory: str
    state: Path
    host: str = "127.0.0.1"
    port: int = 8000
    roads: str = ""
    public_address: str = ""
    database: str = ""
    smtp: str = ""
    mail_from: str = ""
    sms_webhook: str = ""
    sms_secret: str = ""
    sms_per_day: int = 0
    sms_per_month: int = 0
    answer_hours: float = 24.0
    retention_days: int = 400
    partner_keys: str = ""
    partners: str = ""
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    inbound_secret: str = ""
    journal_key: str = ""
    base_map: str = ""
    proxies: int = 0
    workers: int = 1
    rate_store: str = ""
    hosts: tuple[str, ...] = ()
    inner_hosts: tuple[str, ...] = ()

    @property
    def known_hosts(self) -> frozenset[str]:
        """Return the names by which the site may be asked for; whatever the port."""
        public = self.public_address.partition("://")[2].partition("/")[0].rpartition("@")[2]
        own = (self.host, public, *self.hosts)
        return LOOPBACK | frozenset(filter(None, map(host_name, own)))

    @property
    def is_local(self) -> bool:
        """Tell whether the site is for this machine alone: no other name, no proxy, no other address."""
        return not (self.public_address or self.proxies or self.hosts) and host_name(self.host) in LOOPBACK

    @property
    def public_url(self) -> str:
        """Return the address printed on posters and in calendars, without a final slash."""
        return (self.public_address or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def carries_messages(self) -> bool:
        """Tell whether anything carries messages; else the desk's page shows them, and somebody says them."""
        return bool(self.smtp or self.sms_webhook)

    @property
    def database_url(self) -> str:
        """Return the address of the rides' database."""
        return self.database or f"sqlite:///{self.rides_file}"

    @property
    def rides_file(self) -> Path:
        """Return where rides are kept when no database is named."""
        return (self.state / Path(self.territory).name / "rides.sqlite").absolute()

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
        public_address=_public_address(env),
        roads=env.get("MOBILITY_ROADS", ""),
        database=env.get("MOBILITY_DATABASE", ""),
        smtp=env.get("MOBILITY_SMTP", ""),
        mail_from=env.get("MOBILITY_MAIL_FROM", ""),
        sms_webhook=env.get("MOBILITY_SMS_WEBHOOK", ""),
        sms_secret=env.get("MOBILITY_SMS_SECRET", ""),
        sms_per_day=int(_number(env, "MOBILITY_SMS_PER_DAY", 0, 0, 1_000_000)),
        sms_per_month=int(_number(env, "MOBILITY_SMS_PER_MONTH", 0, 0, 1_000_000)),
        answer_hours=_number(env, "MOBILITY_ANSWER_HOURS", 24, 1, 240),
        retention_days=int(_number(env, "MOBILITY_RETENTION_DAYS", 400, 30, 3660)),
        partner_keys=env.get("MOBILITY_PARTNER_KEYS", ""),
        partners=env.get("MOBILITY_PARTNERS", ""),
        oidc_issuer=env.get("MOBILITY_OIDC_ISSUER", ""),
        oidc_client=env.get("MOBILITY_OIDC_CLIENT", ""),
        oidc_secret=env.get("MOBILITY_OIDC_SECRET", ""),
        inbound_secret=env.get("MOBILITY_INBOUND_SECRET", ""),
        journal_key=_key(env, "MOBILITY_JOURNAL_KEY"),
        base_map=_one_of(env, "MOBILITY_BASE_MAP", ("", "ign")),
        proxies=int(_number(env, "MOBILITY_PROXIES", 0, 0, 5)),
        workers=int(_number(env, "MOBILITY_WORKERS", 1, 1, 64)),
        rate_store=env.get("MOBILITY_RATE_STORE", ""),
        hosts=tuple(_host("MOBILITY_HOSTS", name) for name in env.get("MOBILITY_HOSTS", "").split(",") if name.strip()),
        inner_hosts=tuple(filter(None, map(str.strip, env.get("MOBILITY_INNER_HOSTS", "").split(",")))),
    )


def _public_address(env: Mapping[str, str]) -> str:
    text = env.get("MOBILITY_PUBLIC_URL", "").strip()
    if text:
        # Without its scheme there would be no host in it, and every visitor would be refused.
        scheme, _, rest = text.partition("://")
        host = rest.partition("/")[0].rpartition("@")[2] if scheme in {"http", "https"} else ""
        _host("MOBILITY_PUBLIC_URL", host, told=text)
    return text


def _host(field: str, text: str, *, told: str = "") -> str:
    name = host_name(text)
    if not name:
        shown = (told or text).strip()
        raise MobilityError(
            "bad-host", f"'{shown}' does not name a host (MOBILITY_PUBLIC_URL=https://name, MOBILITY_HOSTS=name,name)",
            field=field, value=shown,
        )  # fmt: skip
    return name


def _number(env: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    text = env.get(name, "") or str(default)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise out_of_range(text, low, high, field=name)
    return value


def _key(env: Mapping[str, str], name: str) -> str:
    key = env.get(name, "").strip()
    if key and len(key) < SHORTEST_SECRET:
        raise MobilityError(
            "short-key", f"a key has {SHORTEST_SECRET} signs at least", field=name, least=SHORTEST_SECRET
        )
    return key


def _one_of(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = env.get(name, "")
    if text not in choices:
        raise MobilityError(
            "not-a-choice", f"'{text}' is not one of: {', '.join(filter(None, choices))}", field=name, value=text,
            choices=list(filter(None, choices)),
        )  # fmt: skip
    return text


def _port(text: str) -> int:
    if not is_number(text) or not 0 < int(text) < 65_536:
        raise MobilityError("bad-port", f"'{text}' is not a port (1 to 65535)", field="MOBILITY_PORT", value=text)
    return int(text)


def default_territory() -> str:
    """Return the territory shown where none is asked for, as ``data/territories/default.toml`` says."""
    return str(read_toml(TERRITORIES / "default.toml")["territory"])
