"""How a row is written down before it is hashed: completely, in one way, and as it will come back from the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from feedback.audit.chain import SEALED, START, canonical, check_facts, head_of, head_statement, is_mac_of, mac_of, moment_of
from feedback.audit.models import AuditEntry
from feedback.db import db
from tests.feedback.audit.records import act, checked

KEY = bytes(range(32))
ROW: dict[str, Any] = {
    "seq": 7,
    "at": datetime(2026, 11, 24, 5, 30, 1, 20, tzinfo=UTC),
    "actor_user_id": 3,
    "actor_role": "handler",
    "action": "case.accept",
    "subject_kind": "case",
    "subject_id": "abc",
    "number": 2,
    "previous": START,
    "facts": {"to_state": "in_progress", "from_state": None},
}
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | WORDS
FACTS = st.dictionaries(WORDS, st.recursive(LEAVES, lambda part: st.lists(part) | st.dictionaries(WORDS, part)), max_size=4)


def written(**columns: Any) -> list[Any]:
    """The row as it is read back: what `canonical` takes, with columns of its own."""
    return [moment_of(value) if name == "at" else value for name, value in {**ROW, **columns}.items()]


class Kind(StrEnum):
    """Some word of the domain."""

    NEW = "new"


def test_the_written_form_is_fixed() -> None:
    """Rows hashed today must be found whole in ten years: this line may never change under the same version."""
    assert canonical(*written()).decode() == (
        '[1,7,"2026-11-24T05:30:01.000020+00:00",3,"handler","case.accept","case","abc",2,"' + "00" * 32 + '",'
        '{"from_state":null,"to_state":"in_progress"}]'
    )
    assert mac_of(KEY, ROW).hex() == "927682c867a13d4d4bfcd75669f5aa4807a5ecf3398874b3125c6d0a58eb723d"


def test_every_column_but_the_mac_is_sealed() -> None:
    assert set(SEALED) == {column.name for column in AuditEntry.__table__.columns} - {"mac"}


def test_the_same_instant_on_another_clock_is_the_same_row() -> None:
    elsewhere = ROW["at"].astimezone(timezone(timedelta(hours=7)))
    assert mac_of(KEY, {**ROW, "at": elsewhere}) == mac_of(KEY, ROW)


def test_words_do_not_run_into_each_other() -> None:
    assert canonical(*written(subject_kind="ca", subject_id="seabc")) != canonical(*written())


def test_older_keys_still_vouch() -> None:
    mac = mac_of(KEY, ROW)
    assert is_mac_of([bytes(32), KEY], mac, written())
    assert not is_mac_of([bytes(32)], mac, written())
    assert not is_mac_of([], mac, written())


@pytest.mark.parametrize("facts", [{"a": 1.0}, {"a": [{"b": date(2026, 1, 1)}]}, {"a": {1: "x"}}, {"a": b"x"}, {"a": {"x"}}])
def test_facts_that_would_come_back_otherwise_are_refused(facts: Mapping[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"facts are text|names of facts"):
        check_facts(facts)


def test_facts_of_words_numbers_and_lists_are_taken() -> None:
    check_facts({"a": None, "b": True, "c": 3, "d": Kind.NEW, "e": ["x", (1, 2)], "f": {"g": []}})


@given(st.lists(FACTS, min_size=1, max_size=10))
@settings(max_examples=15)
def _come_back(found: list[dict[str, Any]]) -> None:
    for facts in found:
        act("anything", given=facts)
    verdict = checked()
    assert verdict.whole, verdict


def test_whatever_facts_are_written_they_verify_as_they_come_back(app: Flask) -> None:
    _come_back()
    act("kind", kind=Kind.NEW, several=("a", "b"))
    assert checked().whole
    assert db.session.scalars(select(AuditEntry.facts).where(AuditEntry.subject_id == "kind")).one() == {
        "kind": "new",
        "several": ["a", "b"],
    }


def test_a_head_depends_on_everything_it_covers() -> None:
    day = date(2026, 11, 24)
    ways = {
        head_of(START, day, 9, 4, START),
        head_of(KEY, day, 9, 4, START),
        head_of(START, day + timedelta(days=1), 9, 4, START),
        head_of(START, day, 10, 4, START),
        head_of(START, day, 9, 5, START),
        head_of(START, day, 9, 4, KEY),
    }
    assert len(ways) == 6
    assert head_statement(day, KEY) == b"liem-chinh|head|1|2026-11-24|" + KEY.hex().encode()
