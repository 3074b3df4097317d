"""The names by which a site is asked for: what stands in a Host header, and which names mean this machine."""

import re
from ipaddress import IPv6Address, ip_address, ip_network

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a browser reaches the machine it runs on."""
ONE_HOUSE = 64
"""Bits of an IPv6 address that tell one connection from another: the rest its owner changes at will (RFC 6177)."""
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


def counted_address(text: str) -> str:
    """Return an address in the form in which tries are counted: an IPv6 one by its network, without any port."""
    try:
        address = ip_address(host_name(text.partition("%")[0]))
    except ValueError:
        return text[:64]
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, ONE_HOUSE), strict=False))
