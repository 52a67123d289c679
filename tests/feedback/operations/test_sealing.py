"""A sealed stream gives back what went in, and nothing else ever."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.operations import sealing
from feedback.operations.sealing import BackupBroken, SealedReader, SealedWriter

SECRET = "a key for backups, forty characters long"


@pytest.fixture(autouse=True, scope="module")
def small_pieces() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "PIECE", 16)
        yield


def sealed(data: bytes, *, part: str = "files", step: int = 7) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(out, SECRET, part)
    for at in range(0, len(data), step):
        writer.write(data[at : at + step])
    writer.finish()
    assert writer.size == len(out.getvalue())
    return out.getvalue()


def opened(data: bytes, secret: str = SECRET, part: str = "files") -> bytes:
    return SealedReader(io.BytesIO(data), secret, part).read()


@given(st.binary(max_size=100), st.integers(1, 40))
def test_round_trip(data: bytes, step: int) -> None:
    kept = sealed(data, step=step)
    assert opened(kept) == data
    assert len(data) < 8 or data not in kept


@given(st.binary(max_size=60), st.data())
def test_a_changed_byte_is_found(data: bytes, draw: st.DataObject) -> None:
    kept = bytearray(sealed(data))
    at = draw.draw(st.integers(0, len(kept) - 1))
    kept[at] ^= draw.draw(st.integers(1, 255))
    with pytest.raises(BackupBroken):
        opened(bytes(kept))


@given(st.binary(min_size=17, max_size=60), st.data())
def test_a_cut_is_found_wherever_it_is_made(data: bytes, draw: st.DataObject) -> None:
    kept = sealed(data)
    with pytest.raises(BackupBroken):
        opened(kept[: draw.draw(st.integers(0, len(kept) - 1))])


def test_pieces_keep_their_order_their_part_and_their_key() -> None:
    kept = sealed(bytes(range(48)))
    head, piece = 4 + sealing.SALT_BYTES, 16 + sealing.TAG_BYTES
    swapped = kept[:head] + kept[head + piece : head + 2 * piece] + kept[head : head + piece] + kept[head + 2 * piece :]
    for data, secret, part in ((swapped, SECRET, "files"), (kept, SECRET, "database"), (kept, SECRET + "x", "files")):
        with pytest.raises(BackupBroken):
            opened(data, secret, part)
    assert sealed(b"the same") != sealed(b"the same"), "two backups tell nothing of each other"
