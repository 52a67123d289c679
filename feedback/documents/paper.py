"""A sheet of paper in the city's letters, from which every paper is made."""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import segno
from fpdf import FPDF

MARGIN = 20
INK, MUTED, BLUE = (23, 33, 46), (74, 87, 104), (11, 92, 171)


@cache
def _font(name: str) -> Path:
    return Path(str(files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{name}.ttf"))


class Paper(FPDF):
    """A4 page in the city's letters, without a trace of when or where it was made."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.add_font("be", "", _font("Regular"))
        self.add_font("be", "B", _font("SemiBold"))
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN)
        self.set_creation_date(datetime(2000, 1, 1))  # noqa: DTZ001 — a constant on purpose: the file tells nothing of its making
        self.add_page()

    def line_of(self, text: str, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK, gap: float = 2) -> None:
        """A paragraph over the whole width."""
        self.set_font("be", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.53, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(gap)

    def qr(self, content: str, top: float, side: float) -> None:
        """A QR code at the right margin."""
        picture = io.BytesIO()
        segno.make(content, error="m", micro=False).save(picture, kind="png", scale=8, border=1)
        self.image(picture, x=self.w - MARGIN - side, y=top, w=side, h=side)

    def row(self, label: str, value: str) -> None:
        """A label with its value underneath."""
        self.line_of(label, 9.5, colour=MUTED, gap=0)
        self.line_of(value, 12, bold=True, gap=2.5)
