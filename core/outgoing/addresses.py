"""Which addresses may be asked. An address is somebody's words: it must not lead the portal into its own network.

Names are resolved once, here, and the connection is made to exactly what was checked, so that a name that answers
otherwise a moment later changes nothing.
"""

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address
LONGEST = 2000  # characters of an address, and bytes: what a database can still find it by
PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024  # below it only the two ports of the web: the others belong to mail, shells and the like
NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
# What is not the public internet, or carries such an address inside: mapped, translated and tunnelled ones too.
NOT_PUBLIC: list[IPv4Network | IPv6Network] = [
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3", "168.63.129.16/32",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
PUBLIC_V6 = IPv6Network("2000::/3")  # everything else of IPv6 is local, multicast, translated or not given out yet


class AskRefused(Exception):
    """This is not asked, and asking again would change nothing. The sentence says why; ``code`` is stable."""

    def __init__(self, sentence: str, *, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class Target(NamedTuple):
    """A web address taken apart: where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str  # with the query

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def look_at_address(address: str) -> Target:
    """The address taken apart. Asks nobody: whether the name is a public one is found out when connecting.

    Raises: AskRefused ``address_not_web``, ``address_too_long``, ``address_has_password``, ``address_port`` or
    ``address_not_public``.
    """
    if len(address) <= LONGEST < len(address.encode(errors="replace")):
        raise AskRefused(
            f"The address is too long: {LONGEST:,} letters are the most, and those with accents or of other alphabets "
            "count more than once.",
            code="address_too_long",
        )
    if len(address) > LONGEST or any(sign <= " " or sign in "\\\x7f" for sign in address):
        raise _not_web()
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _not_web() from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise _not_web()
    if parts.username is not None or parts.password is not None:
        raise AskRefused(
            "The address has a name or a password in it, which the portal does not keep. Give one without.",
            code="address_has_password",
        )
    port = PORTS[parts.scheme] if port is None else port
    if port not in PORTS.values() and port < FIRST_FREE_PORT:
        raise AskRefused(f"Port {port} is not one that web pages are asked on.", code="address_port")
    path = _ascii(parts.path or "/") + (f"?{_ascii(parts.query)}" if parts.query else "")
    return Target(parts.scheme, _host(parts.hostname), port, path)


def public_addresses_of(host: str, port: int) -> list[Address]:
    """What the name stands for now, without anything that is not on the public internet.

    Raises: AskRefused ``address_not_public``. It does not tell a name that nobody knows from one inside a network.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _not_public(host) from None
    numbers = dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in found)
    if public := [address for number in numbers if is_public(address := ip_address(number))]:
        return public
    raise _not_public(host)


def is_public(address: Address) -> bool:
    """On the public internet; or one of the networks that tests and demonstrations allow (production cannot)."""
    if any(address in ip_network(allowed) for allowed in settings.OUTGOING_PRIVATE_NETWORKS):
        return True
    if isinstance(address, IPv6Address) and address not in PUBLIC_V6:
        return False
    return address.is_global and not any(address in network for network in NOT_PUBLIC)


def _host(name: str) -> str:
    """The name as it is resolved and named to the other side; numbers only in their usual writing."""
    if ":" in name:
        if "%" in name:  # a network card of this machine
            raise _not_web()
        try:
            return str(IPv6Address(name))
        except ValueError:
            raise _not_web() from None
    try:
        host = name.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _not_web() from None
    if NUMBER.fullmatch(host.rpartition(".")[2]):
        # 2130706433, 0x7f.1 and 0177.0.0.1 are all 127.0.0.1 to some programs and nothing to others.
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise _not_public(host) from None
    if not NAME.fullmatch(host):
        raise _not_web()
    return host


def _ascii(text: str) -> str:
    """Letters that are not ASCII as browsers send them."""
    return "".join(sign if sign.isascii() else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in text)


def _not_web() -> AskRefused:
    return AskRefused(
        "This is not a web address. It starts with https:// and has no spaces, such as https://example.org/courses.xml",
        code="address_not_web",
    )


def _not_public(host: str) -> AskRefused:
    return AskRefused(
        f"No computer on the public internet is called {host[:80]}. Check the address; the portal does not ask "
        "computers inside a private network.",
        code="address_not_public",
    )
