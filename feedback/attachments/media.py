"""The kinds of file that are accepted, and what becomes of one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MediaType(StrEnum):
    """What is accepted; decoding is the check, never the name."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


ENDINGS = {MediaType.JPEG: ".jpg", MediaType.PNG: ".png", MediaType.WEBP: ".webp", MediaType.PDF: ".pdf"}


class Unusable(Exception):
    """The file is not a picture or PDF that can be read, or it is too large to unpack."""


@dataclass(frozen=True)
class Cleaned:
    """What is kept of a file."""

    media_type: MediaType
    data: bytes
