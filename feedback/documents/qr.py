"""QR codes as pictures inside the page."""

from __future__ import annotations

import segno


def qr_data_uri(content: str) -> str:
    """A QR code as an address that holds the whole picture.

    It holds the tracking code as plain text, not a web address with the code in it: addresses end up in histories and logs.
    """
    return str(segno.make(content, error="m", micro=False).svg_data_uri(scale=4, border=2))
