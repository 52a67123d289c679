"""The sender's contact data: always sealed with the case's key, opened only for the notice that goes to him or by a logged act."""

from __future__ import annotations

from feedback.cases.models import Case, Contact
from feedback.cases.sealed import data_key_of
from feedback.crypto import open_sealed, seal
from feedback.db import db
from feedback.sealing import CaseKey
from feedback.text import clean

FIELD_LIMIT = 200


def _context(case_id: int, column: str) -> str:
    return f"case_contact|{case_id}|{column}"


def keep(case: Case, name: str, phone: str, email: str) -> None:
    """Seal what the sender of a stored case left; nothing at all leaves no row."""
    if is_any(name, phone, email):
        db.session.add(sealed(case.id, data_key_of(case), name, phone, email))


def is_any(name: str, phone: str, email: str) -> bool:
    """Whether the sender left anything by which he could be reached or known."""
    return bool(name.strip() or phone.strip() or email.strip())


def sealed(case_id: int, data_key: bytes, name: str, phone: str, email: str) -> Contact:
    """The row for what the sender left, under the case's key."""
    row = Contact(case_id=case_id)
    for column, value in {"name": name, "phone": phone, "email": email}.items():
        if value.strip():
            setattr(row, f"{column}_sealed", seal(clean(value, FIELD_LIMIT), data_key, _context(case_id, column)))
    return row


def copy(case: Case, other: Case) -> None:
    """Give a matter split off a case the same contact, sealed with its own key."""
    known = opened(case.id)
    keep(other, known.get("name", ""), known.get("phone", ""), known.get("email", ""))


def opened(case_id: int) -> dict[str, str]:
    """The sender's contact data in clear; an empty dict for an anonymous case and once the key is destroyed.

    The caller must have logged the act.
    """
    row = db.session.get(Contact, case_id)
    held = None if row is None else db.session.get(CaseKey, case_id)
    key = None if held is None else held.opened()
    if row is None or key is None:
        return {}
    values = {"name": row.name_sealed, "phone": row.phone_sealed, "email": row.email_sealed}
    return {column: open_sealed(value, key, _context(case_id, column)).decode() for column, value in values.items() if value is not None}
