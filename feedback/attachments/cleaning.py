"""Decode a sent file and write it anew, in a child process: decoding is the type check, and what hides in a file stays behind.

Run as `python -m feedback.attachments.cleaning`: the file on standard input, the media type, a newline and the clean file on standard
output, exit 3 for a file that cannot be used. A bomb or a decoder's crash ends the child, never the web process (security, controls 22-25).
"""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys

from feedback.attachments.media import Cleaned, MediaType, Unusable
from feedback.config import ROOT

__all__ = ["Cleaned", "Unusable", "clean_file", "clean_here"]

SECONDS = 10
MEMORY_BYTES = 1_500_000_000
UNUSABLE = 3
#: What the child sees of the environment; the secrets stay with us, should a decoder be taken over.
ENVIRONMENT = ("PATH", "LANG", "LD_LIBRARY_PATH")
COMMAND = (sys.executable, "-B", "-m", "feedback.attachments.cleaning")

log = logging.getLogger(__name__)


def clean_file(data: bytes) -> Cleaned:
    """Clean a file in a child process of limited memory and time. Raises Unusable."""
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    try:
        child = subprocess.run(COMMAND, input=data, capture_output=True, timeout=SECONDS, check=False, cwd=ROOT, env=environment)
    except subprocess.TimeoutExpired:
        log.warning("cleaning a file took longer than %s seconds", SECONDS)
        raise Unusable from None
    if child.returncode not in {0, UNUSABLE}:
        log.warning("cleaning a file ended with %s", child.returncode)
    if child.returncode != 0:
        raise Unusable
    media_type, _newline, clean = child.stdout.partition(b"\n")
    return Cleaned(MediaType(media_type.decode()), clean)


def clean_here(data: bytes) -> Cleaned:
    """Clean a file in this process. Raises Unusable for what is not accepted; decoders may raise anything else."""
    if data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        from feedback.attachments.papers import clean_paper

        return Cleaned(MediaType.PDF, clean_paper(data))
    from feedback.attachments.pictures import clean_picture

    return clean_picture(data)


def _limit() -> None:
    """No more memory and time than a large photo needs, no file to write, no memory image left behind by a crash."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read, clean, write; every failure is the same exit code."""
    _limit()
    try:
        cleaned = clean_here(sys.stdin.buffer.read())
    except Exception:  # decoders raise what they like; for the sender it is all the same
        return UNUSABLE
    sys.stdout.buffer.write(cleaned.media_type.value.encode() + b"\n" + cleaned.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
