"""One HTTP POST to an address that somebody typed in: to public addresses only, to the very address that was checked, and not for long.

Standard library only; knows nothing of cases. What the other side answers is a number: its words are neither read nor kept.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

#: Seconds for each step of a call, and for all of them: whoever answers a byte at a time is cut off.
STEP_SECONDS, TOTAL_SECONDS = 5.0, 10.0
#: What the internet gives out to hosts; leaves out every way of writing an IPv4 address inside an IPv6 one but 6to4.
_UNICAST6, _SIX_TO_FOUR = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("2002::/16")
_PRINTABLE = re.compile(r"[!-~]+")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Fault(StrEnum):
    """Why there was no answer."""

    FORBIDDEN = "forbidden"  # the address is not one we may call
    UNKNOWN_HOST = "unknown_host"
    TLS = "tls"
    TIMEOUT = "timeout"
    NETWORK = "network"


class BadAddress(Exception):
    """Not an address that messages may go to."""


@dataclass(frozen=True)
class Reach:
    """Where calls may go besides public addresses: networks the operator names and, for trying out, this machine itself without TLS."""

    networks: Sequence[Network] = ()
    this_machine: bool = False

    def allows(self, address: str) -> bool:
        """Whether a resolved address may be called."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        if self.this_machine and ip.is_loopback:
            return True
        if any(ip.version == network.version and ip in network for network in self.networks):
            return True
        if isinstance(ip, ipaddress.IPv6Address) and (ip not in _UNICAST6 or ip in _SIX_TO_FOUR):
            return False
        return ip.is_global and not ip.is_multicast


@dataclass(frozen=True)
class Answer:
    """A status, or why there is none."""

    status: int = 0
    fault: Fault | None = None

    @property
    def good(self) -> bool:
        """Whether the message was taken: 2xx and nothing else; a redirect is not followed and counts as refused."""
        return 200 <= self.status < 300

    @property
    def outcome(self) -> str:
        """For the administrator."""
        return self.fault.value if self.fault else str(self.status)


def read_address(address: str, reach: Reach) -> SplitResult:
    """An address in its parts. Raises BadAddress for what is not https, carries a password or names a host that may not be called."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise BadAddress from error
    plain = parts.scheme == "http" and reach.this_machine and host in ("localhost", "127.0.0.1")
    whole = _PRINTABLE.fullmatch(address) and host and port != 0 and not parts.fragment and "@" not in parts.netloc
    if not whole or not (parts.scheme == "https" or plain):
        raise BadAddress
    try:
        allowed = reach.allows(host or "")
    except ValueError:  # a name: where it leads is looked up at every call
        return parts
    if not allowed:
        raise BadAddress
    return parts


def post(address: str, headers: Mapping[str, str], body: bytes, reach: Reach) -> Answer:
    """Send a message. Never raises for what lies on the other side or between."""
    try:
        parts = read_address(address, reach)
        return _call(parts, resolve(parts, reach), headers, body)
    except BadAddress:
        return Answer(fault=Fault.FORBIDDEN)
    except (socket.gaierror, UnicodeError):
        return Answer(fault=Fault.UNKNOWN_HOST)
    except ssl.SSLError:
        return Answer(fault=Fault.TLS)
    except TimeoutError:
        return Answer(fault=Fault.TIMEOUT)
    except (OSError, http.client.HTTPException):
        return Answer(fault=Fault.NETWORK)


def resolve(parts: SplitResult, reach: Reach) -> tuple[str, int]:
    """The host's first address and port. Raises BadAddress when any of its addresses may not be called, socket.gaierror for no host."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
    if not all(map(reach.allows, found)):
        raise BadAddress
    return found[0], port


def _call(parts: SplitResult, place: tuple[str, int], headers: Mapping[str, str], body: bytes) -> Answer:
    call = _Call(parts, place)
    watch = threading.Timer(TOTAL_SECONDS, call.cut)
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        call.request("POST", path, body, {"User-Agent": "liem-chinh", "Content-Type": "application/json", **headers})
        return Answer(call.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        raise TimeoutError if call.over else error from error
    finally:
        watch.cancel()
        call.close()


class _Call(http.client.HTTPConnection):
    """A connection to the address that was checked: asking the name service once more could lead elsewhere. It may be cut off."""

    def __init__(self, parts: SplitResult, place: tuple[str, int]) -> None:
        super().__init__(parts.hostname or "", place[1], timeout=STEP_SECONDS)
        self.default_port = 443 if parts.scheme == "https" else 80
        self.place, self.over = place, False

    def connect(self) -> None:
        """Open the socket, with TLS for the name in the address."""
        self.sock = socket.create_connection(self.place, STEP_SECONDS)
        if self.over:
            raise TimeoutError
        if self.default_port == 443:
            context = ssl.create_default_context()
            # The hand-shake last: what is being cut off must be known by then.
            wrapped = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = wrapped
            wrapped.do_handshake()

    def cut(self) -> None:
        """End the call from outside; whatever it waits for fails at once."""
        self.over = True
        if self.sock is not None:
            with suppress(OSError):  # it is closed already
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
