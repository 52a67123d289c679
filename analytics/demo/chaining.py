"""The demo city's audit rows in their chains: mirrors `feedback.audit.services`. Pure."""

from __future__ import annotations

from typing import Any

from feedback.audit.chain import SEALED, START, mac_of

Row = dict[str, Any]


def linked(row: Row, chain: list[Row], key: bytes) -> Row:
    """The row with its place behind the others of its chain, and its mac."""
    row.update(number=len(chain) + 1, previous=chain[-1]["mac"] if chain else START)
    row["mac"] = mac_of(key, {name: row[name] for name in SEALED})
    return row
