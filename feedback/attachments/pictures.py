"""Photos: unpacked, set upright, made smaller and written anew from nothing but their pixels. Pure; runs in the cleaning process."""

from __future__ import annotations

import io
import warnings
from typing import Any

from PIL import Image, ImageOps

from feedback.attachments.media import Cleaned, MediaType, Unusable

#: A picture of more pixels is refused before it is unpacked: 48 kB of PNG can hold 400 million.
PIXELS = 40_000_000
#: Longer side of a kept picture; enough to read a document, small enough for a phone.
LONGEST_SIDE = 2560
FORMATS = ("JPEG", "PNG", "WEBP")
KINDS = {"JPEG": MediaType.JPEG, "PNG": MediaType.PNG, "WEBP": MediaType.WEBP}
OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"quality": 88, "optimize": True}, "PNG": {}, "WEBP": {"quality": 85, "method": 2}}


def clean_picture(data: bytes) -> Cleaned:
    """The picture without place, time, camera, comment, profile or anything behind its end.

    Raises Unusable for moving and too large ones, and whatever Pillow raises for what is no picture.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(data), formats=FORMATS) as source:
        kind = source.format or ""
        # Phones put a depth map or a second view behind the photo ("MPO"); the photo itself is the first one.
        if source.width * source.height > PIXELS or (getattr(source, "n_frames", 1) > 1 and kind != "MPO"):
            raise Unusable
        kind = "JPEG" if kind == "MPO" else kind
        source.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        source.load()
        upright = _plain(ImageOps.exif_transpose(source), transparent=kind != "JPEG")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    fresh = Image.new(upright.mode, upright.size)
    fresh.paste(upright)  # pixels only: comments, profiles and positions belong to the old picture
    out = io.BytesIO()
    fresh.save(out, kind, **OPTIONS[kind])
    return Cleaned(KINDS[kind], out.getvalue())


def _plain(picture: Image.Image, *, transparent: bool) -> Image.Image:
    """The picture in eight bits a colour; scanners also send sixteen."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    has_alpha = "A" in picture.mode or "transparency" in picture.info
    return picture.convert("RGBA" if transparent and has_alpha else "RGB")
