"""How GeoReport v2 writes things: JSON and XML, instants, errors, and what a search may ask. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from xml.etree import ElementTree

from feedback.localtime import CITY_TIME, local

#: The one jurisdiction this installation answers for; callers may leave it out.
JURISDICTION = "hochiminhcity.gov.vn"
#: A search spans at most so much, and that much when it names no days (GeoReport v2, GET Service Requests).
LONGEST = timedelta(days=90)
PAGE_SIZE, LARGEST_PAGE, LAST_PAGE = 100, 500, 10_000
#: A search asks of years in between; at the ends of time sums of days fail.
FIRST_YEAR, LAST_YEAR = 1970, 2200
#: Most ids, service codes and the like in one parameter.
MOST = 100
#: Of one key, or of one source without any.
READS_A_MINUTE, REPORTS_A_MINUTE = 240, 120
#: Of the name of a system or a sender.
NAME_LIMIT = 120
#: What a part of a list is called in XML.
_ONE_OF = {"endpoints": "endpoint", "formats": "format", "attributes": "attribute", "values": "value"}

Value = object
Record = Mapping[str, Value]


class Status(StrEnum):
    """A request is one or the other; everything finer stands in the notes."""

    OPEN = "open"
    CLOSED = "closed"


class Fault(Exception):
    """What GeoReport answers when it cannot do what was asked: an HTTP status, and a sentence for whoever reads the partner's log."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


@dataclass(frozen=True)
class Wanted:
    """What a search asks for; ids override everything else."""

    ids: tuple[str, ...]
    services: tuple[str, ...]
    statuses: frozenset[Status]
    start: datetime
    end: datetime
    page: int = 1
    size: int = PAGE_SIZE


def wanted(given: Mapping[str, str], at: datetime) -> Wanted:
    """Read the parameters of a search at an instant. Raises Fault 400 for what cannot be read."""
    start, end = _span(given, at)
    return Wanted(
        ids=_several(given, "service_request_id"),
        services=_several(given, "service_code"),
        statuses=_statuses(_several(given, "status")),
        start=start,
        end=end,
        page=_number(given, "page", 1, LAST_PAGE),
        size=_number(given, "page_size", PAGE_SIZE, LARGEST_PAGE),
    )


def _several(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(part.strip() for part in given.get(name, "").split(",") if part.strip()))
    if len(parts) > MOST:
        raise Fault(400, f"{name}: at most {MOST} values")
    return parts


def _statuses(named: tuple[str, ...]) -> frozenset[Status]:
    if not set(named) <= set(Status):
        raise Fault(400, "status: open, closed or both, separated by a comma")
    return frozenset(Status(name) for name in named) or frozenset(Status)


def _number(given: Mapping[str, str], name: str, default: int, largest: int) -> int:
    typed = given.get(name, "")
    if not typed:
        return default
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= largest):
        raise Fault(400, f"{name}: a whole number from 1 to {largest}")
    return int(typed)


def _span(given: Mapping[str, str], at: datetime) -> tuple[datetime, datetime]:
    start, end = (_instant(given, name) for name in ("start_date", "end_date"))
    if end is None:
        end = at if start is None else min(start + LONGEST, at)
    if start is None:
        start = end - LONGEST
    if end - start > LONGEST:
        raise Fault(400, "start_date and end_date may not span more than 90 days")
    return start, end


def _instant(given: Mapping[str, str], name: str) -> datetime | None:
    """An instant in W3C format; without an offset it is the city's time."""
    typed = given.get(name, "")
    if not typed:
        return None
    try:
        # An address turns the plus of an offset into a blank unless the caller took care.
        read = datetime.fromisoformat(typed.replace(" ", "+") if "T" in typed else typed)
        read = read if read.tzinfo else read.replace(tzinfo=CITY_TIME)
        if not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise ValueError(typed)
        return read.astimezone(CITY_TIME)
    except (ValueError, OverflowError) as bad:
        raise Fault(400, f"{name}: not a date in W3C format, such as 2026-11-24T00:00:00+07:00") from bad


def moment(value: datetime | None) -> str:
    """An instant on the city's clock, with its offset; empty where there is none."""
    return "" if value is None else local(value).isoformat(timespec="seconds")


def day(value: datetime) -> str:
    """The day only: the hour at which a citizen writes is nobody's business (security D9)."""
    return moment(datetime.combine(local(value).date(), time.min, CITY_TIME))


def as_json(content: object) -> str:
    """As JSON, letters as they are."""
    return json.dumps(content, ensure_ascii=False)


def as_xml(root: str, item: str, content: Sequence[Record] | Record) -> str:
    """As XML: a list becomes one `item` each under the root; a record lies in the root itself."""
    top = ElementTree.Element(root)
    if isinstance(content, Mapping):
        _write(top, content)
    else:
        for record in content:
            _write(ElementTree.SubElement(top, item), record)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(top, encoding="unicode")


def _write(element: ElementTree.Element, record: Record) -> None:
    for name, value in record.items():
        child = ElementTree.SubElement(element, name)
        if isinstance(value, (list, tuple)):
            for part in value:
                one = ElementTree.SubElement(child, _ONE_OF[name])
                if isinstance(part, Mapping):
                    _write(one, part)
                else:
                    one.text = str(part)
        else:
            child.text = _plain(value)


def _plain(value: object) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
