"""Files that people send, with and without bad intent. Everything that must not stay carries the sentinel."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

SENTINEL = b"QXJ-10.7769N-106.7009E"
MARK = SENTINEL.decode()


def picture(size: tuple[int, int] = (320, 200)) -> Image.Image:
    """Left half red, right half blue, so that turning and copying can be seen."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif() -> Image.Exif:
    """Position, camera, author, and a turn by a quarter."""
    tags = Image.Exif()
    tags[0x0112] = 6  # orientation: turn right
    tags[0x010F] = MARK  # camera
    tags[0x013B] = MARK  # author
    tags.get_ifd(0x8825).update({1: "N", 2: (10.0, 46.0, 37.0), 29: MARK})
    tags.get_ifd(0x8769).update({0x927C: SENTINEL, 0x9286: SENTINEL})  # maker's note, comment
    return tags


XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r>{MARK}</r></x:xmpmeta>'.encode()


def telling_jpeg() -> bytes:
    return saved(picture(), "JPEG", exif=exif(), comment=SENTINEL, icc_profile=SENTINEL * 3, xmp=XMP)


def telling_png() -> bytes:
    notes = PngInfo()
    notes.add_text("Author", MARK)
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return saved(picture(), "PNG", exif=exif(), pnginfo=notes)


def telling_webp() -> bytes:
    return saved(picture(), "WEBP", exif=exif(), xmp=XMP, icc_profile=SENTINEL * 3)


def two_views() -> bytes:
    """What phones make of a photo with a depth map behind it."""
    return saved(picture(), "MPO", save_all=True, append_images=[Image.new("RGB", (16, 16), "lime")])


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", MARK)
    return out.getvalue()


def bomb(side: int = 20_000) -> bytes:
    """48 kB of PNG that unpack to 400 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + side // 8)) for _ in range(side)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), (value, 0, 0)) for value in range(0, 250, 10)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:])


def pdf(pages: int = 1) -> Pdf:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 300))
    return document


def written(document: Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def telling_pdf() -> bytes:
    """Author, script, actions, a note, a hidden file and a phone's photo on the page."""
    document = pdf()
    page = document.pages[0]
    photo = document.make_stream(telling_jpeg(), Type=Name.XObject, Subtype=Name.Image, Width=320, Height=200)
    photo.Filter, photo.ColorSpace, photo.BitsPerComponent = Name.DCTDecode, Name.DeviceRGB, 8
    photo.Metadata = document.make_stream(XMP)
    page.Resources = Dictionary(XObject=Dictionary(AA=photo))
    page.Contents = document.make_stream(b"q 200 0 0 300 0 0 cm /AA Do Q")
    script = Dictionary(S=Name.JavaScript, JS=f"app.alert('{MARK}')")
    page.AA = Dictionary(O=script)
    page.Metadata = document.make_stream(XMP)
    page.PieceInfo = Dictionary(Maker=Dictionary(Private=MARK))
    page[Name("/Camera")] = MARK
    page.Annots = Array([document.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], T=MARK, Contents=MARK))])
    document.Root.OpenAction = script
    document.Root.AA = Dictionary(WC=script)
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", script])))
    document.attachments["hidden.txt"] = SENTINEL
    document.docinfo["/Author"] = MARK
    with document.open_metadata() as notes:
        notes["dc:creator"] = [MARK]
    return written(document, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
