"""Who asks for a page: a person's browser that shows it to them now, or a program; and whether they may be counted."""

import re
import zlib
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from django.http import HttpRequest

# Programs say what they are: crawlers, link previews, monitors, libraries, browsers without a window.
ROBOTS = re.compile(
    r"bot|crawl|spider|slurp|archiv|scrap|fetch|preview|monitor|uptime|check|scan|validator|lighthouse|headless|phantom"
    r"|selenium|playwright|facebookexternalhit|whatsapp|embedly|feed|curl|wget|python|httpx|aiohttp|okhttp|java/|go-http"
    r"|ruby|perl|php|libwww|node|axios|postman|apache-http",
    re.IGNORECASE,
)
DEVICES_AT_AN_ADDRESS = 32


def is_somebody(request: HttpRequest) -> bool:
    """A person's browser that shows them this page now."""
    headers = request.headers
    agent = headers.get("User-Agent", "")
    if request.method == "HEAD" or not agent or _is_program(agent):
        return False
    purpose = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")).lower()
    return "pre" not in purpose


def wants_no_counting(request: HttpRequest) -> bool:
    """The browser says for its owner that they do not want to be followed."""
    return request.headers.get("DNT") == "1" or request.headers.get("Sec-GPC") == "1"


def device_of(address: str, agent: str) -> str:
    """One of the few devices that are told apart at an address, for counting: who calls their browser otherwise on each
    page is never more than so many. In IPv6 an address is what a household or a school is given, 2^72 of them."""
    return f"{_place(address)} {zlib.crc32(agent.encode()) % DEVICES_AT_AN_ADDRESS}"


@lru_cache(maxsize=1000)
def _place(address: str) -> str:
    try:
        ip: Any = ip_address(address)
    except ValueError:
        return address
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip) if ip.version == 4 else str(ip_network((int(ip), 56), strict=False))


@lru_cache(maxsize=1000)  # a school's computers say all the same
def _is_program(agent: str) -> bool:
    return bool(ROBOTS.search(agent))
