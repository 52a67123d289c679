"""Files of drafts: limits, names, removal, and how they are given out."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import unicodedata
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from feedback.attachments import services
from feedback.attachments.media import MediaType
from feedback.attachments.models import Attachment
from feedback.attachments.services import FILES, attach, bytes_of, download, of_draft, remove, remove_all, shown_name, sweep
from feedback.attachments.storage import ORPHAN_AFTER_SECONDS, Store
from feedback.codes import new_code
from feedback.db import db
from feedback.errors import Busy, Invalid, NotFound
from feedback.intake import drafts
from tests.feedback.attachments.samples import SENTINEL, pdf, picture, saved, telling_jpeg, written, zipped

PHOTO = saved(picture(), "JPEG")


@pytest.fixture
def draft(app: Flask) -> drafts.Draft:
    return drafts.start(new_code())


def kept(app: Flask) -> list[Path]:
    return sorted((app.extensions["config"].var / "attachments").glob("*/*"))


def test_a_photo_is_kept_clean_with_both_fingerprints(app: Flask, draft: drafts.Draft) -> None:
    sent = telling_jpeg()
    file = attach(draft.id, "ảnh rác.jpg", sent)
    (path,) = kept(app)
    assert (path.name, len(bytes_of(file))) == (file.stored_name, file.size_bytes)
    assert SENTINEL not in bytes_of(file)
    assert file.sha256 == hashlib.sha256(bytes_of(file)).digest()
    assert file.original_sha256 == hashlib.sha256(sent).digest()
    assert (file.shown_name, file.media_type, file.case_id) == ("ảnh rác.jpg", MediaType.JPEG, None)


def test_the_kind_is_what_was_decoded_never_what_the_name_says(draft: drafts.Draft) -> None:
    assert attach(draft.id, "giấy tờ.jpg", written(pdf())).media_type == MediaType.PDF


def test_a_file_of_another_kind_is_refused_with_its_name_and_what_to_do(app: Flask, draft: drafts.Draft) -> None:
    with pytest.raises(Invalid, match=r"Tệp «đơn\.docx» không phải là ảnh JPEG, PNG, WebP hoặc PDF đọc được") as refused:
        attach(draft.id, "đơn.docx", zipped())
    assert refused.value.message.endswith("Xin chọn tệp khác.")
    assert of_draft(draft.id) == []
    assert kept(app) == []


def test_no_more_files_than_allowed(draft: drafts.Draft) -> None:
    for _ in range(FILES):
        attach(draft.id, "a.jpg", PHOTO)
    with pytest.raises(Invalid, match="Tối đa 5 tệp"):
        attach(draft.id, "a.jpg", PHOTO)
    remove(draft.id, of_draft(draft.id)[0].public_id)
    attach(draft.id, "b.jpg", PHOTO)
    assert [file.shown_name for file in of_draft(draft.id)] == ["a.jpg"] * 4 + ["b.jpg"]


def test_two_uploads_at_once_keep_to_the_limit(app: Flask, draft: drafts.Draft) -> None:
    for _ in range(FILES - 1):
        attach(draft.id, "a.jpg", PHOTO)
    refused: list[str] = []

    def upload() -> None:
        with app.app_context():
            try:
                attach(draft.id, "b.jpg", PHOTO)
            except Invalid as error:
                refused.append(error.message)

    threads = [threading.Thread(target=upload) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 2
    assert len(of_draft(draft.id)) == FILES == len(kept(app))


def test_no_larger_files_than_allowed(draft: drafts.Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "FILE_BYTES", len(PHOTO))
    monkeypatch.setattr(services, "CASE_BYTES", len(PHOTO) * 10)
    attach(draft.id, "vừa.jpg", PHOTO)
    with pytest.raises(Invalid, match=r"«to\.jpg» quá lớn"):
        attach(draft.id, "to.jpg", PHOTO + b"x")
    held = of_draft(draft.id)[0].size_bytes
    monkeypatch.setattr(services, "CASE_BYTES", held + len(PHOTO))
    attach(draft.id, "vừa.jpg", PHOTO)
    with pytest.raises(Invalid, match="tổng cộng 20 MB"):
        attach(draft.id, "thêm.jpg", PHOTO)
    assert len(of_draft(draft.id)) == 2


def test_the_limits_are_those_that_are_written_down() -> None:
    assert (FILES, services.FILE_BYTES, services.CASE_BYTES) == (5, 10_000_000, 20_000_000)


def test_a_full_disk_takes_nothing_in(app: Flask, draft: drafts.Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "has_room", lambda _store: False)
    with pytest.raises(Busy, match="hết chỗ lưu"):
        attach(draft.id, "a.jpg", PHOTO)
    assert kept(app) == []


def test_a_draft_that_is_gone_takes_nothing_in(app: Flask, draft: drafts.Draft) -> None:
    drafts.throw_away(draft)
    with pytest.raises(NotFound):
        attach(draft.id, "a.jpg", PHOTO)
    assert kept(app) == []


def test_removing_takes_row_and_file(app: Flask, draft: drafts.Draft) -> None:
    gone, stays = attach(draft.id, "a.jpg", PHOTO), attach(draft.id, "b.jpg", PHOTO)
    stored = stays.stored_name
    remove(draft.id, gone.public_id)
    assert [file.shown_name for file in of_draft(draft.id)] == ["b.jpg"]
    assert [path.name for path in kept(app)] == [stored]
    remove(draft.id, "0" * 16)
    assert len(of_draft(draft.id)) == 1


def test_nobody_removes_files_of_another_draft(app: Flask, draft: drafts.Draft) -> None:
    theirs = attach(draft.id, "a.jpg", PHOTO)
    mine = drafts.start(new_code())
    remove(mine.id, theirs.public_id)
    remove_all(mine.id)
    assert len(of_draft(draft.id)) == 1 == len(kept(app))
    remove_all(draft.id)
    assert len(of_draft(draft.id)) == 0 == len(kept(app))


def test_a_file_outlives_a_removal_that_fails(app: Flask, draft: drafts.Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is still there, so the evidence must be, too."""
    file = attach(draft.id, "a.jpg", PHOTO)

    def broken() -> None:
        raise ConnectionError

    public_id = file.public_id
    monkeypatch.setattr(db.session, "commit", broken)
    with pytest.raises(ConnectionError):
        remove(draft.id, public_id)
    monkeypatch.undo()
    assert len(of_draft(draft.id)) == 1 == len(kept(app))


def test_the_sweeper_takes_what_drafts_left_behind(app: Flask, draft: drafts.Draft) -> None:
    stays = attach(drafts.start(new_code()).id, "b.jpg", PHOTO).stored_name
    attach(draft.id, "a.jpg", PHOTO)
    drafts.throw_away(draft)
    sweep()
    assert len(kept(app)) == 2, "too young to tell from an upload under way"
    long_ago = time.time() - ORPHAN_AFTER_SECONDS - 10
    for path in kept(app):
        os.utime(path, (long_ago, long_ago))
    sweep()
    assert [path.name for path in kept(app)] == [stays]
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1


def test_a_file_belongs_to_a_draft_or_to_a_case(draft: drafts.Draft) -> None:
    file = attach(draft.id, "a.jpg", PHOTO)
    file.draft_id = None
    with pytest.raises(IntegrityError, match="of_a_draft_or_a_case"):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Ảnh\\rác.jpg", "rác.jpg"),
        ("rác.jpg\0.exe", "rác.jpg.exe"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie: x=1.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("<script>.html", "<script>.html"),
        ("", "tệp"),
        ("/", "tệp"),
        ("\u200b", "tệp"),
        (unicodedata.normalize("NFD", "Nguyễn.png"), "Nguyễn.png"),
    ],
)
def test_names_are_made_harmless(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown


def test_long_names_keep_their_ending_and_fit_the_column() -> None:
    name = shown_name(unicodedata.normalize("NFD", "Ảnh chụp đống rác " * 20) + ".jpeg")
    assert len(name) <= services.NAME_LENGTH
    assert name.endswith("….jpeg")
    assert len(shown_name("x" * 900)) <= services.NAME_LENGTH
    assert len(shown_name("x." + "y" * 900)) <= services.NAME_LENGTH


@pytest.mark.parametrize("name", ['ảnh "rác".html', "a\r\nSet-Cookie: x=1.jpg", "../../x.svg", "đơn;filename=x.exe", "x" * 300])
def test_files_are_given_out_to_save_never_to_run(app: Flask, draft: drafts.Draft, name: str) -> None:
    file = attach(draft.id, name, PHOTO)
    with app.test_request_context():
        response = app.process_response(download(file))
    assert response.data == bytes_of(file) != kept(app)[0].read_bytes()
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert disposition.rstrip('"').endswith(".jpg"), "the ending says what was decoded"
    assert disposition.isascii()
    assert disposition.isprintable()


def test_names_with_vietnamese_letters_are_given_as_rfc_6266_says(app: Flask, draft: drafts.Draft) -> None:
    file = attach(draft.id, "ảnh.png", PHOTO)
    assert download(file).headers["Content-Disposition"] == "attachment; filename=anh.jpg; filename*=UTF-8''%E1%BA%A3nh.jpg"
