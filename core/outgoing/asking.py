"""Asking an address outside, with limits on all that the other side could draw out: time, bytes, detours."""

import datetime as dt
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import httpcore
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from core import clock
from core.outgoing.addresses import AskRefused, Target, look_at_address, public_addresses_of

CHUNK = 2**16
HEADERS_BYTES = 2**17  # on the wire beside the content: status, headers, the frames of chunks and of TLS
REDIRECTS = {301, 302, 303, 307, 308}


class AskFailed(Exception):
    """There was no usable answer this time; another time there may be. The sentence says why; ``code`` is stable."""

    def __init__(self, sentence: str, *, code: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one question may cost. The seconds are for all of it, redirects and every slow drop included."""

    seconds: float = 60
    quiet_seconds: float = 15  # without a single byte
    bytes: int = 64 * 2**20  # on the wire, and again when unpacked
    redirects: int = 5


@dataclass(kw_only=True)
class Answer:
    """What the other side said. ``chunks()`` reads its content, unpacked, once; only inside the ``with``."""

    status: int
    address: str  # the last one, after redirects
    headers: Mapping[str, str]  # names in small letters
    _content: Iterable[bytes] = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Raises: AskRefused ``answer_too_big`` or ``answer_packed``; AskFailed when it breaks off."""
        yield from self._content


@contextmanager
def ask(
    method: str,
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    limits: Limits | None = None,
) -> Iterator[Answer]:
    """The answer of a public address, whatever its status. Only GET and HEAD follow redirects, each checked anew.

    Raises: AskRefused for what is never asked or taken; AskFailed for what may work another time.
    """
    limits = limits or Limits()
    target, left = look_at_address(address), limits.redirects
    backend = _CheckedBackend(limits)
    asked = {"User-Agent": user_agent(), "Accept-Encoding": "gzip", **(headers or {})}
    while True:
        with ExitStack() as stack, _in_our_words(limits):
            response = stack.enter_context(_asked(backend, method, target, headers=asked, content=content))
            answer = _read_head(response, target, method, limits)
            to = answer.headers.get("location", "") if answer.status in REDIRECTS and method in ("GET", "HEAD") else ""
            if not to:
                yield answer
                return
        if not left:
            raise AskRefused(
                f"The address leads on more than {limits.redirects} times. Give the address where the file is.",
                code="redirect_too_many",
            )
        left -= 1
        target = _led_on(target, to)


def user_agent() -> str:
    """Who asks, so that whoever runs the other side can find us."""
    name = "".join(
        letter for letter in settings.PORTAL_NAME.replace(" ", "-") if letter.isascii() and letter.isprintable()
    )
    return f"{name or 'portal'} (+{settings.PORTAL_ADDRESS})"


@contextmanager
def _asked(
    backend: "_CheckedBackend", method: str, target: Target, *, headers: Mapping[str, str], content: bytes
) -> Iterator[httpcore.Response]:
    # From its parts: nobody reads the address a second time, and perhaps otherwise.
    url = httpcore.URL(
        scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
    )
    trusted = _trust(ssl.get_default_verify_paths(), clock.today()) if target.scheme == "https" else None
    with (
        httpcore.ConnectionPool(ssl_context=trusted, max_connections=1, network_backend=backend) as pool,
        pool.stream(method, url, headers=list(headers.items()), content=content or None) as response,
    ):
        yield response


@lru_cache(maxsize=1)
def _trust(paths: ssl.DefaultVerifyPaths, day: dt.date) -> ssl.SSLContext:
    """The certificates this machine trusts on this day, and their names checked.

    Reading them takes 25 ms, which a sweep of thousands of links need not spend on each.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _led_on(before: Target, to: str) -> Target:
    with suppress(ValueError):  # what cannot even be taken apart is refused as it came
        to = urljoin(before.address, to)
    target = look_at_address(to)
    if before.scheme == "https" and target.scheme != "https":
        raise AskRefused(
            "The address leads on to one without encryption (http). Give an https address that stays one.",
            code="redirect_downgrade",
        )
    return target


def _read_head(response: httpcore.Response, target: Target, method: str, limits: Limits) -> Answer:
    headers: dict[str, str] = {}
    for name, value in response.headers:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    length = headers.get("content-length", "")
    if method != "HEAD" and length.isdecimal() and int(length) > limits.bytes:
        raise _too_big(limits)
    packing = headers.get("content-encoding", "").strip().lower()
    return Answer(
        status=response.status,
        address=target.address,
        headers=headers,
        _content=_unpacked(response.iter_stream(), packing, limits),
    )


def _unpacked(chunks: Iterable[bytes], packing: str, limits: Limits) -> Iterator[bytes]:
    if packing in ("", "identity"):
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > limits.bytes:
                raise _too_big(limits)
            yield chunk
    elif packing in ("gzip", "x-gzip"):
        yield from _gunzipped(chunks, limits)
    else:
        raise AskRefused("The answer is packed in a way the portal did not ask for.", code="answer_packed")


def _gunzipped(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    """Unpacked a little at a time, so that a small file that unpacks to a huge one is stopped at the limit."""
    size, unpacker, is_begun = 0, zlib.decompressobj(wbits=31), False
    try:
        for chunk in chunks:
            packed = chunk
            while packed:
                if unpacker.eof:  # such a file may be several, one after the other
                    unpacker, is_begun = zlib.decompressobj(wbits=31), False
                is_begun = True
                out = unpacker.decompress(packed, CHUNK)
                size += len(out)
                if size > limits.bytes:
                    raise _too_big(limits)
                packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
                if out:
                    yield out
    except zlib.error:
        raise AskFailed("The answer could not be unpacked.", code="answer_broken") from None
    if is_begun and not unpacker.eof:
        raise AskFailed("The answer stopped in the middle.", code="answer_broken")


def _too_big(limits: Limits) -> AskRefused:
    return AskRefused(f"The answer is larger than {filesizeformat(limits.bytes)}.", code="answer_too_big")


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to public addresses only, and gives every connection the same deadline."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.ends_at = time.monotonic() + limits.seconds
        self.bytes_left = limits.bytes + HEADERS_BYTES

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        problem: Exception = httpcore.ConnectError()
        for address in public_addresses_of(host, port):
            try:
                stream = httpcore.SyncBackend().connect_tcp(str(address), port, timeout=self.seconds_left())
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error  # the next of its addresses may answer
            else:
                return _LimitedStream(stream, self)
        raise problem

    def seconds_left(self) -> float:
        """How long the next step may take. Raises: httpcore.ReadTimeout when nothing is left."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return min(left, self.limits.quiet_seconds)


class _LimitedStream(httpcore.NetworkStream):
    """A connection on which every step is under the question's deadline and every byte counts."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _CheckedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._backend.seconds_left())
        self._backend.bytes_left -= len(data)
        if self._backend.bytes_left < 0:
            raise _too_big(self._backend.limits)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._backend.seconds_left())
        return _LimitedStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _in_our_words(limits: Limits) -> Iterator[None]:
    """The library's errors, and what the network says, as sentences without anything of the inside in them."""
    try:
        yield
    except httpcore.TimeoutException:
        raise AskFailed(
            f"The other side was too slow: it said nothing for {limits.quiet_seconds:g} seconds, or needed more than "
            f"{limits.seconds:g} in all.",
            code="answer_too_slow",
        ) from None
    except httpcore.ConnectError as error:
        if isinstance(error.__cause__ or error.__context__, ssl.SSLError) or "SSL" in str(error):
            raise AskFailed(
                "The other side could not prove who it is: its certificate is out of date, for another name, or from "
                "somebody nobody knows.",
                code="connection_not_proved",
            ) from None
        raise AskFailed("Nobody answers at that address.", code="connection_failed") from None
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        raise AskFailed(
            "The answer stopped in the middle, or was not one that web pages give.", code="answer_broken"
        ) from None
    except httpcore.NetworkError:
        raise AskFailed("The connection broke off.", code="connection_broken") from None
