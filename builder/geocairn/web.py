"""Asking addresses that others wrote down: https alone, public hosts alone, within bounds.

An address in a description may lead to this machine, to its neighbours, or to a cloud's service for
secrets; a redirect may as well. So a name is resolved once, every address that it has must be
public, and the connection goes to the very address that was looked at: a name that resolves
differently a moment later changes nothing. Proxies are not used, for they resolve by themselves.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from geocairn.errors import InputError

__all__ = ["Answer", "RefusedError", "Web"]

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 5
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LONGEST_ADDRESS = 4096
_BLOCK = 1 << 16
_KEPT_HEADERS = ("etag", "last-modified", "content-length", "content-type", "retry-after")


class RefusedError(InputError):
    """An address that is not asked, whatever is there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        status: Its HTTP status.
        url: The address that answered, after redirects.
        headers: Some of its headers, names in lower case.
        data: The body, up to what was asked for.
        whole: Whether that is all of it.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    data: bytes = b""
    whole: bool = True


@dataclass(slots=True)
class Web:
    """Asks addresses, politely.

    Attributes:
        allowed: Hosts that are asked though they are private, and by plain http, too.
        timeout: Seconds of silence after which a server is given up.
        deadline: Seconds that one answer may take in all.
        pause: Seconds between two requests to the same host.
        agent: What it calls itself.
    """

    allowed: Collection[str] = ()
    timeout: float = 20.0
    deadline: float = 120.0
    pause: float = 1.0
    agent: str = "geocairn (+https://geocairn.org)"
    _asked: dict[str, float] = field(default_factory=dict)

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        limit: int = 1 << 20,
    ) -> Answer:
        """Ask for an address and follow where it leads.

        Args:
            url: The address.
            method: ``GET`` or ``HEAD``.
            headers: Sent along, to every address on the way; so nothing secret may be in them.
            limit: Bytes of the body that are read at most.

        Raises:
            RefusedError: If the address, or one that it leads to, must not be asked.
            InputError: If there is no answer.
        """
        begun = time.monotonic()
        for _ in range(_MOST_REDIRECTS + 1):
            answer, target = self._once(url, method, headers or {}, limit, begun)
            if target is None:
                return answer
            url = urljoin(url, target)
        raise RefusedError(
            f"leads on more than {_MOST_REDIRECTS} times",
            where=url,
            remedy="Give the address that it leads to.",
        )

    def _once(
        self, url: str, method: str, headers: Mapping[str, str], limit: int, begun: float
    ) -> tuple[Answer, str | None]:
        host, port, secure, path = self._parts(url)
        places = self._places(host, port, url=url)
        self._wait(host)
        connection = _Connection(host, port, places, self.timeout, secure=secure)
        sent = {"User-Agent": self.agent, "Accept-Encoding": "identity", **headers}
        try:
            connection.request(method, path, headers=sent)
            response = connection.getresponse()
            kept = {
                name: value
                for name in _KEPT_HEADERS
                if (value := response.getheader(name)) is not None and len(value) < 1000
            }
            target = response.getheader("location")
            if response.status in _REDIRECTS and target:
                return Answer(response.status, url, kept), target
            data, whole = self._body(response, limit, begun)
            return Answer(response.status, url, kept, data, whole), None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = "no answer came in time" if isinstance(error, TimeoutError) else str(error)
            raise InputError(
                f"cannot be reached: {reason or type(error).__name__}",
                where=url,
                remedy="Check the address.",
            ) from error
        finally:
            connection.close()

    def _body(
        self, response: http.client.HTTPResponse, limit: int, begun: float
    ) -> tuple[bytes, bool]:
        parts: list[bytes] = []
        left = limit
        while left > 0:
            if time.monotonic() - begun > self.deadline:
                raise TimeoutError
            part = response.read1(min(_BLOCK, left))
            if not part:
                return b"".join(parts), True
            parts.append(part)
            left -= len(part)
        return b"".join(parts), not response.read1(1)

    def _parts(self, url: str) -> tuple[str, int, bool, str]:
        """Host, port, whether by TLS, and path of an address."""
        plain = len(url) <= _LONGEST_ADDRESS and url.isascii() and url.isprintable()
        try:
            parts = urlsplit(url) if plain and " " not in url else None
            port = parts.port if parts else None
        except ValueError:
            parts = None
        if parts is None or not parts.hostname:
            raise _refused(url[:200], "is no address")
        if parts.username is not None or parts.password is not None:
            raise _refused(url, "has a name or a password in it")
        host = parts.hostname
        secure = parts.scheme == "https"
        if not secure and not (parts.scheme == "http" and host in self.allowed):
            raise _refused(url, f"is of the scheme {parts.scheme}; only https is asked")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return host, port or (443 if secure else 80), secure, path

    def _places(self, host: str, port: int, *, url: str) -> list[str]:
        """The addresses to connect to; all that the name has must be public."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise InputError(
                "has a host whose name cannot be found", where=url, remedy="Check the address."
            ) from error
        places = [str(entry[4][0]) for entry in found]
        if host not in self.allowed:
            for place in places:
                if not _public(place):
                    raise _refused(url, f"leads to {place}, which is not a public address")
        return list(dict.fromkeys(places))

    def _wait(self, host: str) -> None:
        rest = self._asked.get(host, -self.pause) + self.pause - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        self._asked[host] = time.monotonic()


class _Connection(http.client.HTTPConnection):
    """A connection to one of some addresses, under the name that they were resolved from."""

    def __init__(
        self, host: str, port: int, places: list[str], timeout: float, *, secure: bool
    ) -> None:
        super().__init__(f"[{host}]" if ":" in host else host, port, timeout=timeout)
        # What http.client writes into the header Host follows the usual port of the scheme.
        self.default_port = 443 if secure else 80
        self._places = places
        self._name = host
        self._secure = secure

    def connect(self) -> None:
        """Connect to an address that was looked at, not to the name."""
        connected = self._first()
        with suppress(OSError):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = (
            _certificates().wrap_socket(connected, server_hostname=self._name)
            if self._secure
            else connected
        )

    def _first(self) -> socket.socket:
        """A connection to the first address that answers."""
        for place in self._places[:-1]:
            with suppress(OSError):
                return socket.create_connection((place, self.port), self.timeout)
        return socket.create_connection((self._places[-1], self.port), self.timeout)


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


def _refused(url: str, reason: str) -> RefusedError:
    return RefusedError(reason, where=url, remedy="Give a public https address.")


def _public(place: str) -> bool:
    """Whether an address is one of the public internet; those that wrap another are not."""
    try:
        address = ipaddress.ip_address(place.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64
    ):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )
