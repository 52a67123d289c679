"""PDF: pages copied into a new document, without what acts, what tells of the author, and what is attached. Pure; runs in the child."""

from __future__ import annotations

import io
import re
import zlib
from contextlib import suppress

import pikepdf
from pikepdf import Dictionary, Name, Stream

from feedback.attachments.media import Unusable

PAGES = 100
#: What a page needs to be read; actions, annotations, thumbnails and the notes of programs are not among it.
PAGE_PARTS = ("/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group")
#: Parts of pictures, letters and drawings that carry files or tell who made them, when and with what.
HIDDEN = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EF", "/JS", "/OPI")
#: Where the picture data of a JPEG scan end: any marker but an escaped byte and the restart marks.
_SCAN_END = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
#: Adobe's mark says how the colours are stored; every other application segment tells of camera, place or program.
_APPLICATION, _ADOBE = range(0xE0, 0xF0), 0xEE


def clean_paper(data: bytes) -> bytes:
    """The pages of a PDF and nothing else. Raises Unusable for encrypted, empty and too long ones, PdfError for what is no PDF."""
    with pikepdf.open(io.BytesIO(data)) as source:
        if source.is_encrypted or not 0 < len(source.pages) <= PAGES:
            raise Unusable
        with suppress(pikepdf.PdfError):  # a broken form is no reason to refuse its page
            source.generate_appearance_streams()
            source.flatten_annotations()  # a filled-in form stays readable when its fields go
        fresh = pikepdf.new()
        fresh.pages.extend(source.pages)
        for page in fresh.pages:
            for part in set(page.obj.keys()) - set(PAGE_PARTS):
                del page.obj[part]
        for thing in fresh.objects:
            # Tables of names have no type, and any name may stand in them.
            if isinstance(thing, Stream) or (isinstance(thing, Dictionary) and "/Type" in thing):
                _strip(thing)
        out = io.BytesIO()
        fresh.save(out, deterministic_id=True)
    return out.getvalue()


def _strip(thing: Dictionary | Stream) -> None:
    for part in HIDDEN:
        if part in thing:
            del thing[part]
    if isinstance(thing, Stream) and "/Filter" in thing:
        _strip_photo(thing)


def _strip_photo(stream: Stream) -> None:
    """Scanning programs put a phone's photo into the page as it is, with the place it was taken."""
    filters = [str(each) for each in stream.Filter] if isinstance(stream.Filter, pikepdf.Array) else [str(stream.Filter)]
    if "/DCTDecode" not in filters:
        return
    photo = stream.read_raw_bytes()
    if filters == ["/FlateDecode", "/DCTDecode"]:
        photo = zlib.decompress(photo)
    elif filters != ["/DCTDecode"]:
        raise Unusable
    given = stream.get("/DecodeParms")
    parms = given[-1] if isinstance(given, pikepdf.Array) else given
    stream.write(bare_jpeg(photo), filter=Name.DCTDecode, decode_parms=parms if isinstance(parms, Dictionary) else None)


def bare_jpeg(photo: bytes) -> bytes:
    """A JPEG without comments and application segments, cut at its end mark. Raises Unusable for anything else."""
    if not photo.startswith(b"\xff\xd8"):
        raise Unusable
    kept, at = [photo[:2]], 2
    while at + 4 <= len(photo):
        marker = photo[at + 1]
        if photo[at] != 0xFF or marker == _END:
            break
        if marker == 0xFF:  # filling
            at += 1
            continue
        end = at + 2 + int.from_bytes(photo[at + 2 : at + 4])
        if marker == _SCAN:
            found = _SCAN_END.search(photo, end)
            end = found.start() if found else len(photo)
        if marker != _COMMENT and (marker not in _APPLICATION or marker == _ADOBE):
            kept.append(photo[at:end])
        at = end
    return b"".join([*kept, b"\xff\xd9"])
