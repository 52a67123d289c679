"""The bytes of a file that was brought in: sealed under a key of their own, which is wrapped by the key-encryption key."""

from __future__ import annotations

from flask import current_app

from feedback.attachments.storage import Store
from feedback.crypto import new_data_key, open_sealed, seal
from feedback.errors import NotFound
from feedback.imports.columns import names_of, required_of
from feedback.imports.models import DataImport
from feedback.imports.reading import Line, read_table
from feedback.sealing import key_ring


def store() -> Store:
    """Where they lie; not among the files of cases, which backups keep."""
    return Store(current_app.extensions["config"].var / "imports")


def put(found: DataImport, data: bytes) -> None:
    """Keep the bytes of a file that has its public id."""
    key = new_data_key()
    found.wrapped_key = key_ring().wrap(key, found.place())
    found.stored_name = store().put(seal(data, key, found.place("file")))


def key_of(found: DataImport) -> bytes:
    """The key of a file. Raises NotFound once it is gone."""
    if found.wrapped_key is None:
        raise NotFound
    return key_ring().unwrap(found.wrapped_key, found.place())


def lines_of(found: DataImport) -> list[Line]:
    """The lines of a file as it was brought in. Raises NotFound once it is gone."""
    key = key_of(found)
    try:
        sealed = store().get(found.stored_name or "")
    except FileNotFoundError:  # a restored backup holds no such files
        raise NotFound from None
    return read_table(open_sealed(sealed, key, found.place("file")), names_of(found.kind), required_of(found.kind))
