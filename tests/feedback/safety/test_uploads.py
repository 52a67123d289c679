"""The upload table, through the real form (security, controls 22 to 26): each file is refused, or kept as something harmless.

The second that a file may cost is processor time of the process that decodes it, so that a busy machine changes no verdict.
"""

from __future__ import annotations

import io
import resource
import struct
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.attachments.models import Attachment
from feedback.attachments.storage import Store
from feedback.codes import new_code
from feedback.db import db
from feedback.intake import drafts
from feedback.intake.steps import UNKNOWN_AREA
from tests.feedback.attachments.samples import (
    SENTINEL,
    bomb,
    picture,
    saved,
    telling_jpeg,
    telling_pdf,
    telling_png,
    telling_webp,
    zipped,
)
from tests.feedback.citizen import TEXT, post
from tests.pace import slowness

PAGE = "/phan-anh/bang-chung"
MOST_SECONDS = 1.0
#: What no kept file may hold, wherever in it.
HARMFUL = (SENTINEL, b"<script", b"PK\x03\x04", b"JavaScript", b"EmbeddedFile", b"adobe:ns:meta", b"acTL", b"<svg", b"<html")


def chunk(kind: bytes, data: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def many_frames(frames: int = 10_000) -> bytes:
    """A PNG of one pixel that moves through thousands of frames."""
    control = struct.Struct(">IIIIIHHBB")
    pixel = zlib.compress(b"\0\0")
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), chunk(b"acTL", struct.pack(">II", frames, 0))]
    parts += [chunk(b"fcTL", control.pack(0, 1, 1, 0, 0, 1, 100, 0, 0)), chunk(b"IDAT", pixel)]
    for number in range(1, 2 * (frames - 1), 2):
        parts.append(chunk(b"fcTL", control.pack(number, 1, 1, 0, 0, 1, 100, 0, 0)))
        parts.append(chunk(b"fdAT", struct.pack(">I", number + 1) + pixel))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


@dataclass(frozen=True)
class Row:
    """A file that somebody sends, and the name it is kept under; None: it is refused, "": it does not count as a file."""

    name: str
    make: Callable[[], bytes]
    shown: str | None


def photo() -> bytes:
    return saved(picture(), "JPEG")


LONG = unicodedata.normalize("NFD", "Ảnh chụp đống rác trước cổng trường Nguyễn Thị Minh Khai ngày hôm qua " * 3)[:290] + ".jpeg"
TABLE = {
    "JPEG with HTML behind it": Row("a.jpg", lambda: photo() + b"<html><script>alert(1)</script>", "a.jpg"),
    "JPEG with a ZIP behind it": Row("a.zip", lambda: photo() + zipped(), "a.zip"),
    "JPEG with place, maker's note, comment, profile": Row("a.jpg", telling_jpeg, "a.jpg"),
    "PNG with author and XMP": Row("a.png", telling_png, "a.png"),
    "WebP with place and profile": Row("a.webp", telling_webp, "a.webp"),
    "PDF with script, hidden file, XMP": Row("đơn.pdf", telling_pdf, "đơn.pdf"),
    "48 kB that unpack to 400 million pixels": Row("bomb.png", bomb, None),
    "PNG of ten thousand frames": Row("moving.png", many_frames, None),
    "SVG with a script": Row("logo.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', None),
    "HTML that calls itself a PDF": Row("đơn.pdf", lambda: b"%PDF-1.7\n<html><script>alert(1)</script></html>", None),
    "a spreadsheet": Row("bảng.xlsx", zipped, None),
    "a name with folders": Row("../../etc/passwd", photo, "passwd"),
    "a name with NUL": Row("rác.jpg\0.exe", photo, "rác.jpg.exe"),
    "a name with line ends": Row("a\r\nSet-Cookie: x=1.jpg", photo, ""),
    "a name of 300 bytes, marks apart": Row(LONG, photo, unicodedata.normalize("NFC", LONG)[:110] + "….jpeg"),
}


@pytest.fixture
def client(shared_app: Flask) -> FlaskClient:
    """A citizen who has come as far as the page for files."""
    client = shared_app.test_client()
    with shared_app.app_context():
        code = new_code()
        draft = drafts.start(code)
        drafts.save(draft, "su-viec", text=TEXT)
        drafts.save(draft, "dia-diem", area=UNKNOWN_AREA, place="")
    with client.session_transaction() as session:
        session["code"] = code
    return client


def kept_in_draft(app: Flask, client: FlaskClient) -> list[tuple[str, bytes]]:
    """Shown name and bytes of every file of this citizen's draft."""
    with client.session_transaction() as session:
        code = session["code"]
    with app.app_context():
        draft = drafts.open_draft(code)
        assert draft is not None
        store = Store(app.extensions["config"].var / "attachments")
        rows = db.session.scalars(select(Attachment).where(Attachment.draft_id == draft.id)).all()
        return [(row.shown_name, store.get(row.stored_name)) for row in rows]


@pytest.mark.parametrize("what", TABLE)
def test_the_upload_table(shared_app: Flask, client: FlaskClient, what: str) -> None:
    row = TABLE[what]
    sent = row.make()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = post(client, PAGE, files=(io.BytesIO(sent), row.name), choice="add")
    answer.request.environ["wsgi.input"].close()  # the test client leaves a large body's temporary file open
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < MOST_SECONDS * slowness(), f"{spent:.2f} s of processor time"
    kept = kept_in_draft(shared_app, client)
    if row.shown is None:
        assert answer.status_code == 422
        assert "không phải là ảnh JPEG, PNG, WebP hoặc PDF đọc được" in answer.text
        assert kept == []
    else:
        assert answer.status_code == 302
        assert [name for name, _data in kept] == ([row.shown] if row.shown else [])
        assert not [sign for sign in HARMFUL for _name, data in kept if sign in data]
    assert client.get(PAGE).status_code == 200, "the process that took it lives on"


def test_the_samples_are_as_bad_as_they_say() -> None:
    assert len(bomb()) < 60_000
    assert many_frames().count(b"fcTL") == 10_000
    assert len(LONG.encode()) >= 300
    assert all(SENTINEL in make() for make in (telling_jpeg, telling_png, telling_webp, telling_pdf))
