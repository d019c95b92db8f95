"""Addresses that may be connected to: public ones, looked up once and then connected to.

A name is a stranger's to change. So it is resolved here, every address that it has is looked at,
and the connection goes to the very address that was looked at: a name that changes in between, or
that has a private address among public ones, leads nowhere. Certificates are checked against the
name as always. (OWASP: server-side request forgery.)
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address stands in the last 32 bits
SITE_LOCAL = IPv6Network("fec0::/10")  # RFC 3879: deprecated, which no router has to know
EMBEDDED = 0xFFFFFFFF
LOOK_UPS = ThreadPoolExecutor(1000, "look-up")


class Forbidden(httpcore.ConnectError):
    """A name has an address that nothing is sent to."""


class PublicOnly(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only, and with ``loopback`` to those of this machine."""

    def __init__(
        self,
        *,
        loopback: bool = False,
        resolve: Resolve | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._network = network or httpcore.AnyIOBackend()
        self._loopback = loopback
        self._resolve = resolve or look_up

    async def connect_tcp(  # noqa: D102 - what it does stands at its base
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = [ip_address(one) for one in await self._resolve(host, port)]
        for address in found:
            if not is_allowed(address, loopback=self._loopback):
                raise Forbidden(f"{host} has an address that is not public")
        error: Exception = Forbidden(f"{host} has no address")
        for address in found:
            try:
                options = (timeout, local_address, socket_options)
                return await self._network.connect_tcp(str(address), port, *options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
        raise error

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> Any:
        """Refuse: no partner is behind a file."""
        raise Forbidden(f"{path} is no address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)


def is_allowed(address: Address, *, loopback: bool) -> bool:
    """Return whether an address may be connected to, and so each that stands inside it."""
    inside = _inside(address)
    if inside is not None:
        return is_allowed(inside, loopback=loopback)
    if address.is_loopback:
        return loopback
    is_special = address.is_multicast or address.is_reserved or address in SITE_LOCAL
    return address.is_global and not is_special


async def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name, as this machine resolves it.

    In threads for that alone, and many: one that waits for a stranger's name server cannot be
    stopped, and nothing else may wait behind it.
    """
    asked = (host, port, socket.AF_UNSPEC, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found = await asyncio.get_running_loop().run_in_executor(
            LOOK_UPS, socket.getaddrinfo, *asked
        )
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} cannot be resolved") from error
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def _inside(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & EMBEDDED)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo
