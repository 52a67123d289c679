"""What tests of accounts may ask for besides."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from feedback.accounts import passwords


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords at a cost that protects nobody, where the cost is not what is tested."""
    passwords._hash_of_nobody.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._hash_of_nobody()
