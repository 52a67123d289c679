"""Passwords: argon2id, length instead of composition rules, no more than two hashes at once (security, control 16)."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from feedback.text import fold

SHORTEST, LONGEST = 12, 128
#: A name shorter than this stands inside many good sentences.
SHORTEST_NAME = 4
#: Words that most guessed passwords are made of; figures and signs around one of them add little.
COMMON_WORDS = (
    "password", "matkhau", "admin", "administrator", "quantri", "quantrivien", "canbo", "congchuc", "thanhtra", "lanhdao", "tiepnhan",
    "vietnam", "hochiminh", "thanhphohochiminh", "tphcm", "saigon", "sgn", "hcm", "ubnd", "liemchinh", "qwerty", "qwertyuiop", "asdfgh",
    "abc", "abcd", "abcdef", "iloveyou", "anhyeuem", "emyeuanh", "welcome", "xinchao", "letmein", "changeme", "user", "test", "demo",
)  # fmt: skip
#: OWASP ASVS 5, appendix C: the floor for argon2id.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
#: 19 MiB each: many sign-ins at once must not eat the machine's memory.
_two_at_once = threading.Semaphore(2)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split())


def complaint(password: str, sign_in_name: str = "") -> str | None:
    """Why a password cannot be used, in the reader's language; None when it can."""
    normal = _normal(password)
    if len(normal) < SHORTEST:
        return str(_("Mật khẩu cần ít nhất %(count)s ký tự. Một câu ngắn dễ nhớ là cách tốt.", count=SHORTEST))
    if len(normal) > LONGEST:
        return str(_("Mật khẩu dài tối đa %(count)s ký tự.", count=LONGEST))
    if _easy(normal, sign_in_name):
        return str(_("Mật khẩu này quá dễ đoán. Xin chọn một câu khác, không chứa tên đăng nhập."))
    return None


def _easy(normal: str, sign_in_name: str) -> bool:
    """Common as it stands, or nothing but one common word with figures and signs around it, such as "MậtKhẩu@2026"."""
    if normal.lower() in _common() or len(set(normal)) < 4:
        return True
    if len(sign_in_name) >= SHORTEST_NAME and sign_in_name in normal.lower():
        return True
    letters = re.sub(r"[\W\d_]", "", fold(normal))
    return letters != "" and any(letters.replace(word, "") == "" for word in COMMON_WORDS)


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    with _two_at_once:
        return _hasher.hash(_normal(password))


@cache
def _hash_of_nobody() -> str:
    return hash_password("nobody has this password")


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Costs the same for an account that does not exist (None). Too long ones are not hashed at all."""
    # Letters with marks may arrive taken apart, up to three signs each; what is longer than that is not even put together.
    normal = _normal(password) if len(password) <= 3 * LONGEST else ""
    if not normal or len(normal) > LONGEST:
        return False
    known = password_hash or _hash_of_nobody()
    with _two_at_once:
        try:
            _hasher.verify(known, normal)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(password_hash)
