"""Nothing on the open internet leads into this machine or its network."""

import socket
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from embeddings.sources.fetch import network
from embeddings.sources.fetch.fetch import fetch
from embeddings.sources.fetch.network import Unfetched
from embeddings.sources.fetch.request import request
from embeddings.sources.readers.base import Reading
from embeddings.sources.source import Source
from tests.web import answer, feed, page, serving

TEXT = "The old bridge reopened on Friday after nine months of repairs, and 340 bolts were replaced. " * 3


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.sources.fetch.client.PAUSE", 0.0)


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        *((ip, True) for ip in ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34")),
        *((ip, False) for ip in ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254")),
        *((ip, False) for ip in ("0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1")),
        *((ip, False) for ip in ("::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1")),
        *((ip, False) for ip in ("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::")),
    ],
)
def test_which_addresses_are_public(ip: str, public: bool) -> None:
    assert network.is_public(ip_address(ip)) == public


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "localhost"])
def test_every_way_to_write_this_machine(host: str, tmp_path: Path) -> None:
    with serving() as web:
        web.put("/a", page("Bridge", TEXT))
        address = f"http://{host}:{web.address.rpartition(':')[2]}/a"
        [reason] = fetch([Source(address)], tmp_path).values()
        assert "is an address of this machine or its own network" in reason
        assert not web.asked
    assert not list(tmp_path.iterdir())


def test_the_connection_goes_to_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere when it is looked up again, as DNS rebinding has it."""
    answers = ["93.184.216.34", "127.0.0.1"]
    connected: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unfetched, match=r"rebinding\.example cannot be reached \(nobody there\)"):
        request("http://rebinding.example/", Event())
    assert connected == ["93.184.216.34"]
    with pytest.raises(Unfetched, match=r"own network \(127\.0\.0\.1\): --allow-private"):
        request("http://rebinding.example/", Event())
    assert connected == ["93.184.216.34"]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.2 stands for the open internet."""
    monkeypatch.setattr(network, "is_public", lambda ip: str(ip) == "127.0.0.2")


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("allow_private", [False, True])
def test_neither_a_redirect_nor_a_feed_leads_inside(allow_private: bool, tmp_path: Path) -> None:
    with serving() as inside, serving("127.0.0.2") as open_web:
        secret = inside.put("/secret", page("Secret", TEXT))
        moved = open_web.put("/moved", answer("", 302, Location=secret))
        listed = feed({"title": "One", "link": secret, "description": "A summary of one."})
        entries = open_web.put("/feed", listed, Content_Type="text/xml")
        reading = Reading(allow_private=allow_private)
        reasons = fetch([Source(moved, reading), Source(entries, reading)], tmp_path)
        assert "is an address of this machine" in reasons[moved]
        assert "is an address of this machine" in reasons[entries]
        assert not inside.asked
        assert fetch([Source(secret, Reading(allow_private=True))], tmp_path) == {}


@pytest.mark.usefixtures("outside")
def test_what_is_named_inside_may_lead_on_inside(tmp_path: Path) -> None:
    with serving() as inside:
        inside.put("/a", page("Bridge", TEXT))
        moved = inside.put("/moved", answer("", 302, Location="/a"))
        assert fetch([Source(moved, Reading(allow_private=True))], tmp_path) == {}
        assert inside.asked == ["/robots.txt", "/moved", "/a"]


@pytest.mark.usefixtures("outside")
def test_robots_txt_does_not_lead_inside_either(tmp_path: Path) -> None:
    with serving() as inside, serving("127.0.0.2") as open_web:
        robots = inside.put("/robots", "")
        open_web.put("/robots.txt", answer("", 302, Location=robots))
        wanted = open_web.put("/a", page("Bridge", TEXT))
        assert "is an address of this machine" in fetch([Source(wanted)], tmp_path)[wanted]
        assert not inside.asked
        assert open_web.asked == ["/robots.txt"]
