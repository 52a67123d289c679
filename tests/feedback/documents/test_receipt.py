"""The receipt as a reader finds it: on one page, complete, and silent about its making."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pikepdf
import pytest
from flask import Flask

from feedback.documents.facts import ReceiptFacts
from feedback.documents.receipt import receipt_pdf
from feedback.record.receipts import Receipt, sign
from feedback.signing import RecordKeys

SIGNED = sign(Receipt("BN7K2M9QXT4FAB", date(2026, 11, 25), bytes(32), (bytes(32),) * 5), RecordKeys.from_secret("a secret"))
FACTS = ReceiptFacts(
    code="ABCDE-FGH1K-MNP9R-STVWX-Z0123",
    number="BN-7K2M-9QXT-4FAB",
    received_on=date(2026, 11, 25),
    due_at=datetime(2026, 12, 8, 16, 59, 59, tzinfo=UTC),
    page="https://phananh.example.vn/tra-cuu",
    signed=SIGNED,
    check_page="https://phananh.example.vn/bien-nhan/kiem-tra",
)


def letters_of(font: pikepdf.Object) -> dict[int, str]:
    """Which letter each glyph of a font stands for."""
    table = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]{4,})>\n", table)
    return {int(glyph, 16): bytes.fromhex(letter).decode("utf-16-be") for glyph, letter in pairs}


def text_of(data: bytes) -> str:
    """The words on the first page, in the order they were set."""
    words: list[str] = []
    with pikepdf.open(io.BytesIO(data)) as document:
        page = document.pages[0]
        fonts = {name: letters_of(font) for name, font in page.Resources.Font.items()}
        letters: dict[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                letters = fonts[str(operands[0])]
            elif str(operator) in {"Tj", "TJ"}:
                parts = operands[0] if str(operator) == "TJ" else [operands[0]]
                raw = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
                words.append("".join(letters[int.from_bytes(raw[at : at + 2])] for at in range(0, len(raw), 2)))
    return " ".join(" ".join(words).split())


def test_everything_the_sender_needs_is_on_it(app: Flask) -> None:
    text = text_of(receipt_pdf(FACTS))
    for said in (
        FACTS.code,
        FACTS.number,
        FACTS.page,
        FACTS.check_page,
        "Ngày nhận 25/11/2026",
        "hết ngày 08/12/2026",
        "Ông/Bà không phải gửi lại",
    ):
        assert said in text
    assert "không phải là đơn khiếu nại hay đơn tố cáo" in text, "what this is not"


def test_the_signed_lines_are_whole_and_can_be_copied(app: Flask) -> None:
    """As text and as a picture: wrapped, but without a letter lost or put in."""
    data = receipt_pdf(FACTS)
    assert SIGNED in text_of(data).replace(" ", "")
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages[0].Resources.XObject) == 2


def test_it_speaks_the_readers_language(app: Flask) -> None:
    text = text_of(receipt_pdf(FACTS, "en"))
    assert FACTS.code in text
    assert "Biên nhận" not in text
    assert "denunciation" in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_with_five_files_it_still_is_one_page(app: Flask, language: str) -> None:
    data = receipt_pdf(FACTS, language)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) == 1
        assert [round(float(side)) for side in document.pages[0].mediabox] == [0, 0, 595, 842]


def test_it_tells_nothing_of_its_making(app: Flask, clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 11, 25, 1, tzinfo=UTC))
    one = receipt_pdf(FACTS)
    clock(datetime(2027, 3, 1, 9, tzinfo=UTC))
    assert receipt_pdf(FACTS) == one
    with pikepdf.open(io.BytesIO(one)) as document:
        assert set(document.docinfo.keys()) <= {"/Title", "/CreationDate", "/Producer"}
        assert "2000" in str(document.docinfo.CreationDate)
        assert "/Metadata" not in document.Root
    assert len(one) < 100_000
