"""The bytes of a file that was brought in: sealed under a key of their own, which is wrapped by the key-encryption key."""

from __future__ import annotations

from sqlalchemy import delete, select

from feedback.crypto import new_data_key, open_sealed, seal
from feedback.db import db
from feedback.errors import NotFound
from feedback.imports.columns import names_of, required_of
from feedback.imports.models import DataImport, ImportFile
from feedback.imports.reading import Line, read_table
from feedback.sealing import key_ring


def put(found: DataImport, data: bytes) -> None:
    """Keep the bytes of a file whose row is stored already."""
    key = new_data_key()
    found.wrapped_key = key_ring().wrap(key, found.place())
    db.session.add(ImportFile(import_id=found.id, sealed=seal(data, key, found.place("file"))))


def key_of(found: DataImport) -> bytes:
    """The key of a file. Raises NotFound once it is gone."""
    if found.wrapped_key is None:
        raise NotFound
    return key_ring().unwrap(found.wrapped_key, found.place())


def lines_of(found: DataImport) -> list[Line]:
    """The lines of a file as it was brought in. Raises NotFound once it is gone."""
    key = key_of(found)
    sealed = db.session.scalars(select(ImportFile.sealed).where(ImportFile.import_id == found.id)).one()
    return read_table(open_sealed(sealed, key, found.place("file")), names_of(found.kind), required_of(found.kind))


def forget(found: DataImport) -> None:
    """Remove the bytes of a file and destroy its key."""
    found.wrapped_key = None
    db.session.execute(delete(ImportFile).where(ImportFile.import_id == found.id))
