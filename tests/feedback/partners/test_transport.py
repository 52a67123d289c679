"""Calls over real sockets: to the address that was checked, without redirects, with TLS that is valid, and never for long."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from feedback.partners import transport
from feedback.partners.transport import Answer, Fault, Reach, post
from tests.feedback.partners.peer import Peer, listening

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])
HERE = Reach(this_machine=True)


@contextmanager
def answering(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that says what it likes to one caller; gives its port."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()

        def once() -> None:
            caller, _address = door.accept()
            with caller:
                talk(caller)

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        yield door.getsockname()[1]
        thread.join(60)


def resolves_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """The name service gives one answer after the other; gives the names that were asked for."""
    asked, waiting = [], list(answers)

    def answer(host: str, port: int, **_options: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in waiting.pop(0).split()]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_redirect_is_not_followed_and_no_answer_but_2xx_is_good() -> None:
    with listening(Peer("whsec_")) as peer:
        for status in (302, 404, 410, 500):
            peer.take = lambda _given, _body, status=status: status  # type: ignore[method-assign,misc]
            answer = post(peer.address, {}, b"{}", HERE)
            assert (answer, answer.good) == (Answer(status), False)
        assert len(peer.knocks) == 4
        peer.take = lambda _given, _body: 202  # type: ignore[method-assign]
        assert post(peer.address, {}, b"{}", HERE).good


def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "10.0.0.1", "8.8.8.8 10.0.0.1", "127.0.0.1")
    for _answer in range(3):
        assert post("https://peer.example/hook", {}, b"{}", Reach()) == Answer(fault=Fault.FORBIDDEN)


def test_the_call_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name service that gives a good address first and another one later is asked once."""
    with listening(Peer("whsec_")) as peer:
        peer.take = lambda given, _body: 204 if given["host"].startswith("localhost") else 400  # type: ignore[method-assign]
        asked = resolves_to(monkeypatch, "127.0.0.1", "10.0.0.1")
        called: list[object] = []
        monkeypatch.setattr(socket, "create_connection", lambda place, timeout: called.append(place) or real_connect(place, timeout))

        def real_connect(place: tuple[str, int], timeout: float) -> socket.socket:
            plain = socket.socket()
            plain.settimeout(timeout)
            plain.connect(place)
            return plain

        assert post(peer.address, {}, b"{}", HERE).good
        assert (asked, [place[0] for place in called]) == (["localhost"], ["127.0.0.1"])  # type: ignore[index]


def test_what_goes_wrong_on_the_way_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(lambda caller: caller.sendall(b"nonsense\r\n\r\n")) as port:
        assert post(f"http://127.0.0.1:{port}/", {}, b"{}", HERE) == Answer(fault=Fault.NETWORK)
    with answering(lambda _caller: None) as port:
        assert post(f"http://127.0.0.1:{port}/", {}, b"{}", HERE) == Answer(fault=Fault.NETWORK)
    assert post("http://127.0.0.1:9/", {}, b"{}", HERE) == Answer(fault=Fault.NETWORK)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: (_ for _ in ()).throw(socket.gaierror()))
    assert post("https://nowhere.example/", {}, b"{}", HERE) == Answer(fault=Fault.UNKNOWN_HOST)


def test_who_answers_a_byte_at_a_time_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """No single step takes long; all of them together do."""
    monkeypatch.setattr(transport, "TOTAL_SECONDS", 0.3)
    cut = threading.Event()

    def drip(caller: socket.socket) -> None:
        try:
            while not cut.wait(0.02):
                caller.sendall(b"H")
        except OSError:
            cut.set()

    with answering(drip) as port:
        assert post(f"http://127.0.0.1:{port}/", {}, b"{}", HERE) == Answer(fault=Fault.TIMEOUT)
        assert cut.wait(60), "the line is down on the other side as well"


def test_a_call_cut_off_while_it_connects_does_not_go_on() -> None:
    with listening(Peer("whsec_")) as peer:
        parts = transport.read_address(peer.address, HERE)
        call = transport._Call(parts, transport.resolve(parts, HERE))
        call.cut()
        with pytest.raises(TimeoutError):
            call.connect()
        call.close()
        assert peer.knocks == []


def test_a_step_that_takes_too_long_ends_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "STEP_SECONDS", 0.1)
    over = threading.Event()
    with answering(lambda _caller: over.wait(60) and None) as port:
        assert post(f"http://127.0.0.1:{port}/", {}, b"{}", HERE) == Answer(fault=Fault.TIMEOUT)
        over.set()


def certificate(folder: Path) -> Path:
    """A certificate for localhost that nobody has signed but itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1)).not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "localhost.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_only_a_certificate_that_is_trusted_and_of_this_name_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)

    def talk(caller: socket.socket) -> None:
        try:
            with context.wrap_socket(caller, server_side=True) as sealed:
                heard = b""
                while not heard.endswith(b"{}") and (more := sealed.recv(4096)):  # who hangs up on words he has not heard cuts the line
                    heard += more
                sealed.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except OSError:
            return

    with answering(talk) as port:
        assert post(f"https://localhost:{port}/", {}, b"{}", HERE) == Answer(fault=Fault.TLS)
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with answering(talk) as port:
        assert post(f"https://localhost:{port}/", {}, b"{}", HERE) == Answer(204)
    with answering(talk) as port:
        assert post(f"https://127.0.0.1:{port}/", {}, b"{}", HERE) == Answer(fault=Fault.TLS)
