"""How long cleaning one file takes, start of the child process included: `python -m tests.bench.attachments`."""

from __future__ import annotations

import statistics
import time
from contextlib import suppress

from PIL import Image

from feedback.attachments.cleaning import clean_file
from feedback.attachments.media import Unusable
from tests.feedback.attachments.samples import bomb, pdf, picture, saved, telling_pdf, written

ROUNDS = 5


def grainy(width: int, height: int) -> Image.Image:
    """A picture as hard to pack as a photo."""
    return Image.effect_noise((width, height), 60).convert("RGB")


def files() -> dict[str, bytes]:
    """What citizens send, and the worst that may come."""
    return {
        "JPEG 320 x 200": saved(picture(), "JPEG"),
        "JPEG 12 megapixels": saved(grainy(4000, 3000), "JPEG", quality=85),
        "JPEG 40 megapixels": saved(grainy(8000, 5000), "JPEG", quality=60),
        "PNG 2 megapixels": saved(grainy(1600, 1250), "PNG"),
        "WebP 12 megapixels": saved(grainy(4000, 3000), "WEBP", method=0),
        "PDF with a photo": telling_pdf(),
        "PDF of 100 pages": written(pdf(100)),
        "PNG bomb, 400 megapixels": bomb(),
        "no picture at all": b"x" * 1000,
    }


def seconds(data: bytes) -> float:
    """Time of one cleaning."""
    before = time.perf_counter()
    with suppress(Unusable):
        clean_file(data)
    return time.perf_counter() - before


def main() -> None:
    """Print the median and the slowest of a few rounds for each file."""
    for name, data in files().items():
        times = [seconds(data) for _ in range(ROUNDS)]
        print(
            f"{name:26} {len(data) / 1000:9,.0f} kB   median {statistics.median(times) * 1000:5,.0f} ms   max {max(times) * 1000:6,.0f} ms"
        )


if __name__ == "__main__":
    main()
