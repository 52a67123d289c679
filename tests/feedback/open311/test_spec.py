"""How GeoReport reads and writes, without a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.open311.spec import LONGEST, Fault, Status, as_xml, day, moment, wanted

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_without_parameters_the_last_ninety_days_are_meant() -> None:
    asked = wanted({}, NOON)
    assert (asked.end - asked.start, asked.end, asked.statuses, asked.page) == (LONGEST, NOON, frozenset(Status), 1)


def test_one_end_of_a_span_gives_the_other() -> None:
    late = wanted({"start_date": "2026-11-01T00:00:00Z"}, NOON)
    assert (late.start, late.end) == (datetime(2026, 11, 1, tzinfo=UTC), NOON)
    early = wanted({"start_date": "2025-01-01T00:00:00+07:00"}, NOON)
    assert early.end - early.start == LONGEST
    before = wanted({"end_date": "2026-01-01"}, NOON)
    assert before.end.isoformat() == "2026-01-01T00:00:00+07:00", "a day without an offset is the city's"
    assert wanted({"end_date": "2026-01-01T00:00:00 07:00"}, NOON).end == before.end, "the plus that an address has eaten"


def test_lists_are_read_once_each_and_in_order() -> None:
    asked = wanted({"service_request_id": "b, a,,b", "status": "closed", "page": "2", "page_size": "500"}, NOON)
    assert (asked.ids, asked.statuses, asked.page, asked.size) == (("b", "a"), {Status.CLOSED}, 2, 500)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_date": "gestern"},
        {"start_date": "9999-12-31"},
        {"end_date": "0001-01-01"},
        {"start_date": "2026-01-01", "end_date": "2026-06-01"},
        {"status": "done"},
        {"page": "0"},
        {"page": "١"},
        {"page_size": "501"},
        {"page": "9" * 400},
        {"service_code": ",".join(map(str, range(101)))},
    ],
)
def test_what_cannot_be_read_is_refused_by_name(wrong: dict[str, str]) -> None:
    with pytest.raises(Fault) as fault:
        wanted(wrong, NOON)
    assert fault.value.code == 400
    assert any(name in fault.value.description for name in wrong)


@given(st.datetimes(timezones=st.just(UTC), allow_imaginary=False).filter(lambda at: 1980 < at.year < 2200))
def test_instants_carry_the_citys_offset_and_days_no_hour(at: datetime) -> None:
    assert moment(at).endswith("+07:00")
    assert datetime.fromisoformat(moment(at)) == at.replace(microsecond=0)
    assert day(at).endswith("T00:00:00+07:00")
    assert timedelta() <= at - datetime.fromisoformat(day(at)) < timedelta(days=1)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"])))
def test_xml_gives_back_what_was_written(text: str) -> None:
    written = as_xml("requests", "request", [{"text": text, "lat": None, "open": True, "values": [{"key": "a"}, {"key": "b"}]}])
    top = ElementTree.fromstring(written.encode())
    assert (top.findtext("request/text") or "") == text
    assert (top.findtext("request/lat"), top.findtext("request/open")) == ("", "true")
    assert [one.text for one in top.findall("request/values/value/key")] == ["a", "b"]
