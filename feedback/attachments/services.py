"""Taking files in, giving them out, and the limits on both (security, control 26)."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, current_app
from flask_babel import gettext as _
from sqlalchemy import Delete, delete, func, select
from werkzeug.http import dump_options_header

from feedback import jobs
from feedback.attachments.cleaning import clean_file
from feedback.attachments.media import ENDINGS, Unusable
from feedback.attachments.models import Attachment
from feedback.attachments.stores import FileStore, store_of
from feedback.codes import new_public_id
from feedback.crypto import new_data_key, open_sealed, seal
from feedback.db import atomic, db, now
from feedback.errors import Busy, Invalid, NotFound
from feedback.intake.models import ReportDraft
from feedback.localtime import local_day
from feedback.sealing import key_ring
from feedback.text import clean, fold

FILES = 5
FILE_BYTES = 10_000_000
CASE_BYTES = 20_000_000
NAME_LENGTH = 120


def _store() -> FileStore:
    return store_of(current_app.extensions["config"])


def refuse_when_full() -> None:
    """Raise Busy when the disk is nearly full: better no report than half a report."""
    if not _store().has_room():
        raise _full()


def _full() -> Busy:
    return Busy(_("Hệ thống tạm thời không nhận thêm phản ánh vì hết chỗ lưu. Nội dung Ông/Bà đã viết vẫn còn; xin thử lại sau ít phút."))


@atomic
def attach(draft_id: int, file_name: str, data: bytes) -> Attachment:
    """Clean and keep a file with a draft.

    Raises Invalid with what to do, Busy when the disk is nearly full, NotFound when the draft was sent or thrown away meanwhile.
    """
    refuse_when_full()
    # Two uploads at once to the same draft wait for each other; otherwise both could count four files and add a sixth.
    if db.session.scalar(select(ReportDraft.id).where(ReportDraft.id == draft_id).with_for_update()) is None:
        raise NotFound
    number, total = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Attachment.size_bytes), 0)).where(Attachment.draft_id == draft_id)
    ).one()
    shown = shown_name(file_name)
    if number >= FILES:
        raise Invalid(_("Tối đa %(count)s tệp. Xin bỏ bớt một tệp trước khi thêm tệp khác.", count=FILES))
    if len(data) > FILE_BYTES or total + len(data) > CASE_BYTES:
        raise Invalid(_("Tệp «%(name)s» quá lớn. Mỗi tệp tối đa 10 MB, tổng cộng 20 MB; xin chọn tệp nhỏ hơn.", name=shown))
    try:
        cleaned = clean_file(data)
    except Unusable:
        raise Invalid(_("Tệp «%(name)s» không phải là ảnh JPEG, PNG, WebP hoặc PDF đọc được. Xin chọn tệp khác.", name=shown)) from None
    attachment = Attachment(
        draft_id=draft_id,
        **_put(cleaned.data),
        shown_name=shown,
        media_type=cleaned.media_type,
        size_bytes=len(cleaned.data),
        sha256=hashlib.sha256(cleaned.data).digest(),
        original_sha256=hashlib.sha256(data).digest(),
        received_on=local_day(now()),
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def _put(data: bytes) -> dict[str, Any]:
    """Keep bytes sealed under a key of their own; gives the columns that lead back to them."""
    key, file = new_data_key(), Attachment(public_id=new_public_id())
    try:
        stored_name = _store().put(seal(data, key, file.place("file")))
    except OSError as error:  # full all the same: others fill it too
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full() from error
        raise
    return {"public_id": file.public_id, "stored_name": stored_name, "wrapped_key": key_ring().wrap(key, file.place())}


def bytes_of(attachment: Attachment) -> bytes:
    """The bytes of a file in clear. Raises NotFound once its key is destroyed."""
    if attachment.wrapped_key is None:
        raise NotFound
    key = key_ring().unwrap(attachment.wrapped_key, attachment.place())
    return open_sealed(_store().get(attachment.stored_name), key, attachment.place("file"))


def shown_name(file_name: str) -> str:
    """A file's name to show: no folders, no invisible characters, not too long."""
    name = clean(file_name.replace("\\", "/").rpartition("/")[2].replace("\0", ""))
    name = " ".join(name.split())
    if len(name) > NAME_LENGTH:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: NAME_LENGTH - 10]}…{dot}{ending[:8]}" if dot else name[:NAME_LENGTH]
    return name or "tệp"


def of_draft(draft_id: int) -> Sequence[Attachment]:
    """Files of a draft in the order they came."""
    return db.session.scalars(select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id)).all()


def of_case(case_id: int) -> Sequence[Attachment]:
    """Files of a case in the order they came."""
    return db.session.scalars(select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)).all()


def remove(draft_id: int, public_id: str) -> None:
    """Take a file out of a draft; one that is not there is no error."""
    _forget(delete(Attachment).where(Attachment.draft_id == draft_id, Attachment.public_id == public_id))


def remove_all(draft_id: int) -> None:
    """Take every file out of a draft."""
    _forget(delete(Attachment).where(Attachment.draft_id == draft_id))


def _forget(rows: Delete) -> None:
    """Delete rows, then their files: a row without its file would be a lost piece of evidence, a file without a row is swept."""
    for name in _delete_rows(rows):
        _store().delete(name)


@atomic
def _delete_rows(rows: Delete) -> Sequence[str]:
    return db.session.scalars(rows.returning(Attachment.stored_name)).all()


def download(attachment: Attachment) -> Response:
    """The file as something to save, never to run or show inside this site."""
    response = Response(bytes_of(attachment), mimetype="application/octet-stream")
    name = (attachment.shown_name.rpartition(".")[0] or attachment.shown_name) + ENDINGS[attachment.media_type]
    # RFC 6266: plain letters for old programs, the whole name for all others; headers carry no Vietnamese letters as they are.
    plain = fold(name).encode("ascii", "replace").decode()
    names = {"filename": plain, "filename*": "UTF-8''" + quote(name, safe="")}
    response.headers["Content-Disposition"] = dump_options_header("attachment", names)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@jobs.task("attachments.sweep", cron="50 19 * * *")
def sweep() -> None:
    """Delete files that no row knows: those of drafts thrown away and of uploads that broke off."""
    _store().sweep(set(db.session.scalars(select(Attachment.stored_name))))
