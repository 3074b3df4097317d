"""Asking the web by addresses that others wrote: none may lead to this machine or to networks that are not public.

For each connection the name is resolved once, every address it means is looked at, and one of those, not the name, is
connected to: a name that means something else a moment later gains nothing. Each redirect goes the same way.

Through an outgoing proxy (HTTPS_PROXY) it is the proxy that resolves the name and connects. What this machine knows of
the name, and how it is spelt, is looked at before; what the proxy makes of it, the proxy's own rules must hold.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from data.web import requests
from mobility.errors import MobilityError
from mobility.late import late

if TYPE_CHECKING:
    import urllib3
    from requests import adapters
else:
    urllib3, adapters = late("urllib3"), late("requests.adapters")

Inner = Sequence[str]
"""Names of machines and networks ("10.1.0.0/16") that may be asked although they are not public."""
_HOME_NAMES = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa")
"""Ends of names that the public internet never gives to a machine."""
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class InnerAddressError(Exception):
    """An address that leads to this machine or to a private network."""


def is_public(text: str) -> bool:
    """Tell whether an IP address, one written inside another too, is one of the public internet."""
    address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _TRANSLATED or int(address) < 2**32:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def addresses_of(host: str, port: int, inner: Inner) -> list[str]:
    """Return the IP addresses that a name means; raises where one of them may not be asked."""
    found = [str(told[4][0]) for told in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if not is_public(address) and not _listed(host, address, inner):
            raise InnerAddressError(host)
    return found


def check_for_proxy(host: str, port: int, inner: Inner) -> None:
    """Raise where a name that a proxy is to resolve may not be asked; what is unknown here may be public."""
    # A proxy may leave out the last dot, with which nothing here would know the name.
    plain = host.rstrip(".").lower()
    try:
        addresses_of(plain, port, inner)
    except (socket.gaierror, UnicodeError):
        if ("." not in plain or plain.rpartition(".")[2] in _HOME_NAMES) and not _named(host, inner):
            raise InnerAddressError(host) from None


def _named(host: str, inner: Inner) -> bool:
    return host.lower().strip("[]") in {told.lower() for told in inner}


def _listed(host: str, address: str, inner: Inner) -> bool:
    if _named(host, inner):
        return True
    known = ipaddress.ip_address(address.partition("%")[0])
    known = getattr(known, "ipv4_mapped", None) or known
    for told in inner:
        try:
            if known in ipaddress.ip_network(told, strict=False):
                return True
        except ValueError:
            continue
    return False


def guarded_session(inner: Inner = ()) -> requests.Session:
    """Return a session of requests that asks public addresses alone, and those listed."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _guarded_adapter()(tuple(inner)))
    return session


def refused_inner(url: str) -> MobilityError:
    """Return the error of an address that may not be asked."""
    return MobilityError(
        "inner-address",
        "this address, or one that it leads on to, is of this machine or a private network; MOBILITY_INNER_HOSTS lists "
        "those that may be asked",
        field=url,
    )  # fmt: skip


@cache
def _guarded_adapter() -> Any:
    """Return the adapter's class, made when the web is first asked: its libraries are loaded late."""
    import urllib3.connection  # noqa: PLC0415

    def connect(self: Any) -> socket.socket:
        last: OSError | None = None
        host = self.host.strip("[]")
        for address in addresses_of(host, self.port, self.inner):
            try:
                return socket.create_connection((address, self.port), self.timeout or None)
            except OSError as error:
                last = error
        raise urllib3.exceptions.NewConnectionError(self, f"no connection ({type(last).__name__})")

    class Adapter(adapters.HTTPAdapter):
        def __init__(self, inner: Inner) -> None:
            self.inner = inner
            super().__init__()

        def init_poolmanager(self, *given: Any, **more: Any) -> None:
            super().init_poolmanager(*given, **more)
            plain = type("Plain", (urllib3.connection.HTTPConnection,), {"_new_conn": connect, "inner": self.inner})
            safe = type("Safe", (urllib3.connection.HTTPSConnection,), {"_new_conn": connect, "inner": self.inner})
            self.poolmanager.pool_classes_by_scheme = {
                "http": type("Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
                "https": type("SafePool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": safe}),
            }

        def send(self, request: Any, *given: Any, **more: Any) -> Any:
            if requests.utils.select_proxy(request.url, more.get("proxies")):
                parts = urlsplit(request.url)
                check_for_proxy(parts.hostname or "", parts.port or 0, self.inner)
            return super().send(request, *given, **more)

    return Adapter
