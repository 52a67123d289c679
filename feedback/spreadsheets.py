"""Cells of files for spreadsheets: no name becomes a formula there (ASVS 1.2.10), and what was marked for that is read as it was. Pure."""

from __future__ import annotations

import unicodedata

#: What a spreadsheet takes for the start of a formula; full-width forms are folded before they are compared.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would calculate it."""
    return "'" + text if _is_formula(text) else text


def bare(cell: str) -> str:
    """The text of a cell, without the apostrophe that `safe` put before it."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    return unicodedata.normalize("NFKC", text[:1]).startswith(FORMULA)
