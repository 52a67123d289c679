"""What was found and what stands in its place. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MASKS = {
    "email": "[e-mail]",
    "phone": "[số điện thoại]",
    "citizen_card": "[số giấy tờ]",
    "bank_account": "[số tài khoản]",
    "plate": "[biển số]",
    "address": "[địa chỉ]",
    "name": "[họ tên]",
}


@dataclass(frozen=True)
class Mark:
    """One piece of personal data: its kind and where it stands in the original text (code points, end exclusive)."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Redacted:
    """The masked text and what was found in the original, in order."""

    text: str
    found: tuple[Mark, ...]

    def as_json(self) -> dict[str, Any]:
        """As other programs read it."""
        return {"text": self.text, "found": [{"kind": mark.kind, "start": mark.start, "end": mark.end} for mark in self.found]}
