"""The kinds of case that are kept for different times, and the periods a new installation begins with. Pure."""

from __future__ import annotations

import csv
from enum import StrEnum
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "periods.csv"
#: Days before its day on which those responsible are told of a case.
FIRST_WARNING, LAST_WARNING = 30, 7
#: Whoever has written again after sending the report gets so many days more.
WROTE_AGAIN = 30
SHORTEST, LONGEST = 1, 600


class Kind(StrEnum):
    """Class and status of an ended case, as far as it matters for keeping it; the first that fits counts."""

    SPAM = "spam"  # không thụ lý vì là quảng cáo, nội dung thử
    WITHDRAWN = "withdrawn"  # người gửi rút
    REFUSED = "refused"  # không thụ lý
    DENUNCIATION = "denunciation"  # tố cáo
    COMPLAINT = "complaint"  # khiếu nại
    CONDUCT = "conduct"  # hành vi của cán bộ, hồ sơ niêm phong
    FEEDBACK = "feedback"  # phản ánh, kiến nghị, sự cố


def first_periods() -> list[dict[str, Any]]:
    """Code, months and reason of every kind."""
    with FILE.open(encoding="utf-8", newline="") as source:
        return [{"code": row["code"], "months": int(row["months"]), "reason": row["reason"]} for row in csv.DictReader(source)]
