"""Who is told what, signatures, pauses and addresses: pure rules."""

from __future__ import annotations

import base64
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.workflow import MOVES, Move, State
from feedback.config import ROOT, Config, ConfigError
from feedback.partners import webhooks
from feedback.partners.rules import PAUSES, Kind, Place, pause_after, told
from feedback.partners.transport import BadAddress, Reach, read_address
from tests.feedback.partners.peer import sign

A, B, C = 1, 2, 3
AT = datetime(2026, 11, 29, 8, tzinfo=UTC)
PLACES = st.builds(
    Place,
    state=st.sampled_from(State),
    sealed=st.booleans(),
    agency_id=st.sampled_from([A, B]),
    to_agency_id=st.sampled_from([None, B, C]),
    at_desk=st.booleans(),
)
MOVED = st.sets(st.sampled_from(list(MOVES)), min_size=1)


@given(PLACES, PLACES, MOVED)
def test_a_sealed_case_is_told_to_nobody_and_an_open_one_to_whoever_saw_or_sees_it(before: Place, after: Place, moves: set[Move]) -> None:
    found = told(before, after, moves)
    assert found.keys() <= before.seen_by | after.seen_by
    assert after.seen_by - before.seen_by <= {one for one, kind in found.items() if kind is Kind.TRANSFER_SENT} or after.sealed
    if after.sealed:
        assert found == {}
    if before.sealed:
        assert set(found.values()) <= {Kind.TRANSFER_SENT}, "as if it came for the first time"


@pytest.mark.parametrize(
    ("before", "after", "moves", "expected"),
    [
        (("sorting", A, None, True), ("forwarded", A, B, True), {Move.FORWARD}, {B: Kind.TRANSFER_SENT}),
        (("forwarded", A, B, True), ("sorting", A, None, True), {Move.RECALL}, {B: Kind.TRANSFER_RECALLED}),
        (("forwarded", A, B, True), ("sorting", A, None, True), {Move.RETURN}, {B: Kind.STATE_CHANGED}),
        (("forwarded", A, B, False), ("in_progress", B, None, False), {Move.ACCEPT}, {A: Kind.STATE_CHANGED, B: Kind.STATE_CHANGED}),
        (("referee", A, None, False), ("in_progress", B, None, False), {Move.DECIDE}, {A: Kind.STATE_CHANGED, B: Kind.TRANSFER_SENT}),
        (("awaiting_approval", A, None, False), ("answered", A, None, False), {Move.APPROVE}, {A: Kind.ANSWERED}),
        (("in_progress", A, None, False), ("in_progress", A, None, False), {Move.UPDATE}, {}),
        (("in_progress", A, None, False), ("closed", A, None, False), {Move.RATE}, {A: Kind.STATE_CHANGED}),
    ],
)
def test_each_move_by_its_name(before: tuple, after: tuple, moves: set[Move], expected: dict[int, Kind]) -> None:  # type: ignore[type-arg]
    places = [Place(State(state), False, agency, to, at_desk) for state, agency, to, at_desk in (before, after)]
    assert told(places[0], places[1], moves) == expected
    assert told(places[0], dataclasses.replace(places[1], sealed=True), moves) == {}


def test_pauses_grow_over_two_days_and_end() -> None:
    assert list(PAUSES) == sorted(set(PAUSES))
    assert timedelta(days=2) < sum(PAUSES, timedelta()) < timedelta(days=2, hours=3)
    assert [pause_after(tries) for tries in (1, len(PAUSES), len(PAUSES) + 1)] == [PAUSES[0], PAUSES[-1], None]


def test_signatures_are_those_of_the_specification() -> None:
    """The example of the Standard Webhooks specification's reference libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert webhooks.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.integers(-300, 300))
def test_a_message_opens_with_either_secret_within_its_time(body: bytes, shift: int) -> None:
    old, new = webhooks.new_secret(), webhooks.new_secret()
    sent = webhooks.headers((new, old), "msg_1", AT, body)
    for secret in (old, new):
        assert webhooks.check((secret,), sent, body, AT + timedelta(seconds=shift)) == "msg_1"
        assert sign(webhooks.show_secret(secret), "msg_1", sent["webhook-timestamp"], body) in sent["webhook-signature"].split()


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "a" * 101},
        {"webhook-timestamp": str(int(AT.timestamp()) + 1)},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
    ],
    ids=str,
)
def test_whatever_is_changed_closes_it(change: dict[str, str]) -> None:
    secret = webhooks.new_secret()
    sent = webhooks.headers((secret,), "msg_1", AT, b"{}")
    assert webhooks.check((secret,), sent, b"{}", AT) == "msg_1"
    for wrong, body, at in ((sent | change, b"{}", AT), (sent, b"{} ", AT), (sent, b"{}", AT + timedelta(seconds=301))):
        with pytest.raises(webhooks.NotSigned):
            webhooks.check((secret,), wrong, body, at)
    with pytest.raises(webhooks.NotSigned):
        webhooks.check((webhooks.new_secret(),), sent, b"{}", AT)


NOT_PUBLIC = (
    *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::7f00:1"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1"),
)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_inner_addresses_are_never_called(address: str) -> None:
    assert not Reach().allows(address)


def test_the_operator_may_name_networks_and_nothing_else_opens() -> None:
    config = dataclasses.replace(Config.from_environment({"PARTNER_NETWORKS": "10.20.0.0/16, fd00::/8"}))
    reach = Reach(config.partner_networks)
    assert [reach.allows(one) for one in ("10.20.3.4", "::ffff:10.20.3.4", "fd12::1", "10.21.0.1", "127.0.0.1")] == [True] * 3 + [False] * 2
    assert all(Reach().allows(one) for one in ("8.8.8.8", "2606:4700::1"))
    assert Reach(this_machine=True).allows("127.0.0.1")
    with pytest.raises(ConfigError, match="PARTNER_NETWORKS"):
        Config.from_environment({"PARTNER_NETWORKS": "10.20.0.1/16"})


@pytest.mark.parametrize(
    "address",
    [
        "http://peer.example/hook",
        "ftp://peer.example",
        "https://",
        "https:///hook",
        "https://a:b@peer.example/",
        "https://peer.example/#part",
        "https://peer.example:0/",
        "https://peer.example:99999/",
        "https://peer.example/a b",
        "https://peer.example/\r\nHost: x",
        "https://phường.example/",
        "https://[::1/",
        "https://10.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://127.0.0.1/",
        "http://localhost/",
    ],
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(BadAddress):
        read_address(address, Reach())


def test_plain_http_reaches_this_machine_alone_and_only_for_trying_out() -> None:
    here = Reach(this_machine=True)
    assert read_address("http://localhost:8080/hook", here).port == 8080
    assert read_address("https://peer.example/hook?a=1", Reach()).hostname == "peer.example"
    for address in ("http://peer.example/", "http://192.168.0.1/"):
        with pytest.raises(BadAddress):
            read_address(address, here)


def test_the_example_in_the_documents_works() -> None:
    """Whoever copies it gets a check that lets ours through and nothing else."""
    example = (ROOT / "docs/PARTNERS.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    found: dict[str, Any] = {}
    exec(example, found)
    secret, at = webhooks.new_secret(), datetime.now(UTC)
    sent = webhooks.headers((webhooks.new_secret(), secret), "msg_1", at, b"{}")
    shown = webhooks.show_secret(secret)
    assert found["is_ours"](shown, sent, b"{}")
    assert not found["is_ours"](shown, sent, b"[]")
    assert not found["is_ours"](shown, webhooks.headers((secret,), "msg_1", at - timedelta(minutes=6), b"{}"), b"{}")
    assert not found["is_ours"](shown, {}, b"{}")
