"""The secret shared with a partner system: sealed at rest, bound to its row, two of them while they are changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.partners.models import PartnerSystem
from feedback.partners.webhooks import new_secret
from feedback.sealing import key_ring

#: So long the former secret is good beside the new one.
CHANGE_OVER = timedelta(days=7)


def secrets_of(system: PartnerSystem, at: datetime) -> tuple[bytes, ...]:
    """The secrets that count at an instant, the one in force first."""
    held = (system.secret_sealed, system.older_sealed if system.older_until is not None and system.older_until > at else None)
    return tuple(key_ring().unwrap(one, system.place()) for one in held if one is not None)


def give_secret(system: PartnerSystem) -> bytes:
    """A first secret."""
    secret = new_secret()
    system.secret_sealed = key_ring().wrap(secret, system.place())
    return secret


def change_secret(system: PartnerSystem, at: datetime) -> bytes:
    """A new secret; the one in force goes on for a while, one before it is dropped."""
    system.older_sealed, system.older_until = system.secret_sealed, at + CHANGE_OVER
    return give_secret(system)


def drop_older(system: PartnerSystem) -> None:
    """End the former secret now: everything is changed over, or it has come into wrong hands."""
    system.older_sealed = system.older_until = None
