"""The names by which a site is asked for: what stands in a Host header, and which names mean this machine."""

import re
from ipaddress import ip_address

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a browser reaches the machine it runs on."""
_WITH_PORT = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{0,5})?")


def host_name(text: str) -> str:
    """Return the name or address of a host in its plain form, without its port; "" where it is none."""
    try:
        plain = text.strip().encode("idna").decode() if not text.isascii() else text.strip()
    except UnicodeError:
        return ""
    found = _WITH_PORT.fullmatch(plain.lower())
    name = found[1].strip("[]") if found else plain
    try:
        return ip_address(name).compressed
    except ValueError:
        return name if found and ":" not in name and name.strip(".") else ""
