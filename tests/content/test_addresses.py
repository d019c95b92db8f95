"""What may be connected to: public addresses, looked at before and then connected to."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address

import httpcore
import pytest

from api.sending.addresses import Forbidden, PublicOnly, is_allowed, look_up

PRIVATE = [
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "fc00::1", "fe80::1", "ff02::1", "fec0::1", "2001:db8::1", "::ffff:10.0.0.1"),
    *("::ffff:169.254.169.254", "64:ff9b::10.0.0.1", "2002:a00:1::", "::ffff:127.0.0.1"),
]
PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::93.184.216.34"]
OURS = ["127.0.0.1", "127.8.8.8", "::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_is_sent_to_what_is_not_public(address: str) -> None:
    assert not is_allowed(ip_address(address), loopback=False)


@pytest.mark.parametrize("address", [one for one in PRIVATE if "127" not in one])
def test_a_setting_for_this_machine_allows_no_other_private_network(address: str) -> None:
    assert not is_allowed(ip_address(address), loopback=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_sent_to(address: str) -> None:
    assert is_allowed(ip_address(address), loopback=False)


@pytest.mark.parametrize("address", OURS)
def test_this_machine_is_sent_to_only_where_a_setting_says_so(address: str) -> None:
    assert not is_allowed(ip_address(address), loopback=False)
    assert is_allowed(ip_address(address), loopback=True)


@pytest.fixture
def port() -> Iterator[int]:
    """A port at which this machine listens, and counts who comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopped = threading.Event()
        yield server.getsockname()[1]
        stopped.set()


def connect(found: list[str], port: int, *, loopback: bool = True) -> None:
    """Connect to a name that has some addresses, one list each time that it is asked for."""

    async def resolve(host: str, port: int) -> list[str]:
        assert host == "partner.test"
        return found

    async def run() -> None:
        backend = PublicOnly(loopback=loopback, resolve=resolve)
        stream = await backend.connect_tcp("partner.test", port, timeout=2)
        await stream.aclose()

    asyncio.run(run())


def test_it_is_connected_to_the_address_that_was_looked_at(port: int) -> None:
    connect(["127.0.0.1"], port)


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"]]
)
def test_a_name_with_one_private_address_leads_nowhere(port: int, found: list[str]) -> None:
    with pytest.raises(Forbidden, match=r"has an address that is not public"):
        connect(found, port)


def test_without_the_setting_this_machine_is_not_connected_to(port: int) -> None:
    with pytest.raises(Forbidden):
        connect(["127.0.0.1"], port, loopback=False)


def test_of_several_addresses_another_is_tried_when_one_does_not_answer(port: int) -> None:
    connect(["127.0.0.2", "127.0.0.1"], port)


def test_a_name_without_an_address_is_no_forbidden_one() -> None:
    with pytest.raises(httpcore.ConnectError):
        asyncio.run(look_up("does-not-exist.invalid", 443))


def test_no_file_is_connected_to() -> None:
    with pytest.raises(Forbidden):
        asyncio.run(PublicOnly().connect_unix_socket("/tmp/socket"))  # noqa: S108
