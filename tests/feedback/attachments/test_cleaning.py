"""The upload table of controls 22 to 25: what is kept is harmless, the rest is refused, and quickly."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image

from feedback.attachments import cleaning
from feedback.attachments.cleaning import clean_file, clean_here
from feedback.attachments.media import MediaType, Unusable
from feedback.attachments.papers import PAGES, bare_jpeg
from feedback.attachments.pictures import LONGEST_SIDE
from feedback.config import ROOT
from tests.feedback.attachments.samples import (
    MARK,
    SENTINEL,
    bomb,
    moving,
    pdf,
    picture,
    saved,
    telling_jpeg,
    telling_pdf,
    telling_png,
    telling_webp,
    two_views,
    written,
    zipped,
)
from tests.pace import is_quick


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", MediaType.JPEG), ("PNG", MediaType.PNG), ("WEBP", MediaType.WEBP)])
def test_photos_are_kept_in_their_own_kind(kind: str, media_type: MediaType) -> None:
    cleaned = clean_file(saved(picture(), kind))
    assert cleaned.media_type == media_type
    image = opened(cleaned.data)
    assert (image.format, image.size) == (kind, (320, 200))
    left, right = image.convert("RGB").getpixel((40, 100)), image.convert("RGB").getpixel((280, 100))
    assert left[0] > 200 > 50 > left[2]
    assert right[2] > 200 > 50 > right[0]


@pytest.mark.parametrize("make", [telling_jpeg, telling_png, telling_webp])
def test_place_camera_author_and_comment_are_gone_and_the_photo_stands_upright(make: Callable[[], bytes]) -> None:
    sent = make()
    assert SENTINEL in sent
    cleaned = clean_file(sent)
    assert SENTINEL not in cleaned.data
    image = opened(cleaned.data)
    assert image.size == (200, 320), "the turn is in the pixels now"
    assert not image.getexif()
    assert not {"comment", "icc_profile", "xmp", "exif"} & set(image.info)


def test_a_photo_with_a_second_view_is_kept_without_it() -> None:
    cleaned = clean_file(two_views())
    assert cleaned.media_type == MediaType.JPEG
    image = opened(cleaned.data)
    assert (image.format, image.size, getattr(image, "n_frames", 1)) == ("JPEG", (320, 200), 1)


@pytest.mark.parametrize("tail", [b"<html><script>alert(1)</script>", zipped(), b"%PDF-1.7 and more"])
def test_what_hangs_behind_a_photo_is_gone(tail: bytes) -> None:
    cleaned = clean_file(saved(picture(), "JPEG") + tail)
    assert cleaned.media_type == MediaType.JPEG
    assert tail not in cleaned.data
    assert not any(sign in cleaned.data for sign in (b"<script", b"PK\x03\x04", b"%PDF"))


def test_large_photos_are_made_smaller() -> None:
    assert max(opened(clean_file(saved(picture((6000, 3000)), "JPEG")).data).size) == LONGEST_SIDE
    assert opened(clean_file(saved(picture((30, 2561)), "PNG")).data).size == (30, 2560)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_way_of_storing_colours_is_understood(mode: str) -> None:
    image = opened(clean_file(saved(Image.new(mode, (8, 8)), "PNG")).data)
    assert image.size == (8, 8)


def test_sixteen_bit_scans_keep_their_greys() -> None:
    grey = opened(clean_file(saved(Image.new("I;16", (8, 8), 30_000), "PNG")).data)
    assert 115 <= grey.convert("L").getpixel((0, 0)) <= 118


def test_see_through_parts_stay_see_through() -> None:
    image = opened(clean_file(saved(Image.new("RGBA", (8, 8), (255, 0, 0, 90)), "PNG")).data)
    assert image.getpixel((0, 0)) == (255, 0, 0, 90)


REFUSED = {
    "nothing": b"",
    "words": "Kính gửi Ủy ban".encode(),
    "GIF": saved(picture(), "GIF"),
    "BMP": saved(picture(), "BMP"),
    "TIFF": saved(picture(), "TIFF"),
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "HTML that says it is a PDF": b"%PDF-1.7\n<html><script>alert(1)</script></html>",
    "ZIP, DOCX, XLSX": zipped(),
    "program": b"\x7fELF" + bytes(200),
    "JPEG cut off": saved(picture((900, 900)), "JPEG")[:2000],
    "PNG cut off": saved(picture((900, 900)), "PNG")[:-300],
    "JPEG head only": b"\xff\xd8\xff\xe0",
    "PNG that unpacks to 400 million pixels": bomb(),
    "PNG of 49 million pixels": bomb(7000),
    "moving PNG": moving("PNG"),
    "moving WebP": moving("WEBP"),
    "PDF without pages": written(pdf(0)),
    "PDF of too many pages": written(pdf(PAGES + 1)),
    "PDF with a password": written(pdf(), encryption=pikepdf.Encryption(owner="o", user="u")),
    "PDF locked with an empty password": written(pdf(), encryption=pikepdf.Encryption(owner="o", user="")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_accepted_is_refused_quickly(name: str) -> None:
    def refused() -> None:
        with pytest.raises(Unusable):
            clean_file(REFUSED[name])

    assert is_quick(refused)


def test_the_bomb_is_as_small_as_they_come() -> None:
    assert len(bomb()) < 60_000


def test_a_pdf_loses_author_scripts_notes_and_hidden_files_but_not_its_picture() -> None:
    sent = telling_pdf()
    assert sent.count(SENTINEL) > 8
    cleaned = clean_file(sent)
    assert cleaned.media_type == MediaType.PDF
    with pikepdf.open(io.BytesIO(cleaned.data)) as document:
        assert set(document.Root.keys()) <= {"/Type", "/Pages"}
        assert len(document.attachments) == 0
        assert not document.trailer.get("/Info")
        page = document.pages[0]
        assert set(page.obj.keys()) <= {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}
        assert opened(page.Resources.XObject.AA.read_raw_bytes()).size == (320, 200)
        out = io.BytesIO()
        document.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False)
    for data in (cleaned.data, out.getvalue()):
        assert SENTINEL not in data
        assert MARK.encode("utf-16-be") not in data
        assert not any(sign in data for sign in (b"JavaScript", b"OpenAction", b"EmbeddedFile", b"Exif", b"adobe:ns:meta"))


def test_pages_keep_what_they_inherit() -> None:
    document = pdf()
    page = document.pages[0].obj
    del page["/MediaBox"]
    document.Root.Pages.MediaBox = pikepdf.Array([0, 0, 111, 222])
    with pikepdf.open(io.BytesIO(clean_file(written(document)).data)) as clean:
        assert [float(each) for each in clean.pages[0].mediabox] == [0, 0, 111, 222]


def test_a_filled_in_form_stays_readable() -> None:
    document = pdf()
    look = document.make_stream(b"BT (Hoa) Tj ET", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 50, 20])
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Btn, Rect=[10, 10, 60, 30], F=4, AP=pikepdf.Dictionary(N=look)
    )
    document.pages[0].Annots = pikepdf.Array([document.make_indirect(field)])
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([document.pages[0].Annots[0]]))
    with pikepdf.open(io.BytesIO(clean_file(written(document)).data)) as clean:
        drawn = [thing.read_bytes() for thing in clean.objects if isinstance(thing, pikepdf.Stream)]
    assert any(b"(Hoa) Tj" in each for each in drawn)


def test_a_pdf_may_begin_with_blanks() -> None:
    assert clean_file(b"\r\n" + written(pdf())).media_type == MediaType.PDF


def test_the_same_pdf_is_cleaned_to_the_same_bytes() -> None:
    sent = written(pdf(2))
    assert clean_file(sent).data == clean_file(sent).data


def test_a_bare_jpeg_shows_the_same_picture() -> None:
    for progressive in (False, True):
        photo = saved(picture(), "JPEG", exif=exif_bytes(), comment=SENTINEL, progressive=progressive)
        bare = bare_jpeg(photo + b"trailing " + SENTINEL)
        assert SENTINEL not in bare
        assert opened(bare).tobytes() == opened(photo).tobytes()


def exif_bytes() -> bytes:
    tags = Image.Exif()
    tags[0x010F] = MARK
    return tags.tobytes()


def test_a_decoder_that_crashes_or_hangs_hurts_nobody(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(cleaning, "COMMAND", (sys.executable, "-c", "import os; os.abort()"))
    with pytest.raises(Unusable):
        clean_file(b"x")
    monkeypatch.setattr(cleaning, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(cleaning, "SECONDS", 0.2)
    with pytest.raises(Unusable):
        clean_file(b"x")
    assert [record.message for record in caplog.records] == [
        "cleaning a file ended with -6",
        "cleaning a file took longer than 0.2 seconds",
    ]


def test_the_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", MARK)
    script = "import os, sys; sys.stdout.write('application/pdf\\n' + ' '.join(os.environ))"
    monkeypatch.setattr(cleaning, "COMMAND", (sys.executable, "-c", script))
    assert set(clean_file(b"x").data.decode().split()) <= {*cleaning.ENVIRONMENT, "LC_CTYPE"}


def test_the_child_gets_no_more_memory_and_no_file_to_write() -> None:
    script = (
        "from feedback.attachments.cleaning import _limit; _limit()\n"
        "try: bytearray(2_000_000_000); print('memory')\nexcept MemoryError: pass\n"
        "import tempfile\n"
        "try:\n with tempfile.NamedTemporaryFile() as f: f.write(b'x' * 9000); f.flush(); print('file')\nexcept OSError: pass\n"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert child.stdout == ""


def test_it_works_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert clean_file(saved(picture(), "PNG")).media_type == MediaType.PNG


def test_the_rules_are_the_same_without_a_child() -> None:
    assert clean_here(saved(picture(), "JPEG")).media_type == MediaType.JPEG
    with pytest.raises(Unusable):
        clean_here(moving("PNG"))
