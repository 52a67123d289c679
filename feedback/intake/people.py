"""How to reach a person, as people write it. Pure."""

from __future__ import annotations

import re

#: Vietnamese numbers with the national 0 or +84: mobile (10 digits), landline (10 or 11); blanks, dots and hyphens are forgiven.
_PHONE = re.compile(r"(?:\+?84|0)[1-9]\d{8,9}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SEPARATORS = re.compile(r"[\s.\-()]")
EMAIL_LIMIT = 200


def tidy_phone(typed: str) -> str:
    """A telephone number without blanks, dots, hyphens and brackets."""
    return _SEPARATORS.sub("", typed)


def is_phone(typed: str) -> bool:
    """Whether this can be a Vietnamese telephone number."""
    return _PHONE.fullmatch(tidy_phone(typed)) is not None


def is_email(typed: str) -> bool:
    """Whether this can be an address of electronic mail."""
    return len(typed) <= EMAIL_LIMIT and _EMAIL.fullmatch(typed) is not None
