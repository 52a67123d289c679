"""The sender's contact data: sealed when kept, opened only for the notice that goes to him or by a logged act."""

from __future__ import annotations

from flask import current_app

from feedback.cases.models import Contact
from feedback.crypto import KeyRing, new_data_key, open_sealed, seal
from feedback.db import db
from feedback.text import clean

FIELD_LIMIT = 200


def _keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["keys"]
    return keys


def _context(case_id: int, column: str) -> str:
    return f"case_contact|{case_id}|{column}"


def keep(case_id: int, name: str, phone: str, email: str) -> None:
    """Seal what the sender left; nothing at all leaves no row."""
    row = sealed(case_id, name, phone, email)
    if row is not None:
        db.session.add(row)


def sealed(case_id: int, name: str, phone: str, email: str) -> Contact | None:
    """The row for what the sender left, under a key of its own; None when he left nothing."""
    values = {"name": name, "phone": phone, "email": email}
    given = {column: clean(value, FIELD_LIMIT) for column, value in values.items() if value.strip()}
    if not given:
        return None
    keys = _keys()
    data_key = new_data_key()
    row = Contact(case_id=case_id, wrapped_key=keys.wrap(data_key, _context(case_id, "wrapped_key")))
    for column, value in given.items():
        setattr(row, f"{column}_sealed", seal(value, data_key, _context(case_id, column)))
    return row


def copy(case_id: int, other_id: int) -> None:
    """Give a matter split off a case the same contact, sealed with a key of its own."""
    known = opened(case_id)
    keep(other_id, known.get("name", ""), known.get("phone", ""), known.get("email", ""))


def opened(case_id: int) -> dict[str, str]:
    """The sender's contact data in clear; an empty dict for an anonymous case. The caller must have logged the act."""
    row = db.session.get(Contact, case_id)
    if row is None:
        return {}
    keys = _keys()
    data_key = keys.unwrap(row.wrapped_key, _context(case_id, "wrapped_key"))
    sealed = {"name": row.name_sealed, "phone": row.phone_sealed, "email": row.email_sealed}
    return {
        column: open_sealed(value, data_key, _context(case_id, column)).decode() for column, value in sealed.items() if value is not None
    }
