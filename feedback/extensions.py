"""Flask extensions, made once and bound to each application in `wsgi.create_app`."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from limits import parse
from werkzeug.exceptions import TooManyRequests

from feedback.codes import code_hmac
from feedback.limits import hit_along, source_key

View = TypeVar("View", bound=Callable[..., Any])
#: What one source may ask of the doors for programs, whatever it shows there.
SOURCE = "1200/minute"
babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()
migrate = Migrate()
#: Counts by the hash of the source, never by its address; Flask-Limiter takes this from nowhere but its constructor.
limiter = Limiter(key_func=source_key, headers_enabled=False)


_budget = functools.cache(parse)


def use_up(budget: str, name: str) -> None:
    """Count one of what this source may do so often, in the transaction in which it is done. Raises TooManyRequests.

    For acts whose mistakes are free. A decorator would ask before them and count afterwards, each on a connection of its own.
    """
    limit = _budget(budget)
    hits, ends = hit_along(limit.key_for(name, source_key()), limit.get_expiry())
    if limiter.enabled and hits > limit.amount:
        raise TooManyRequests(retry_after=_seconds_until(ends))


def seconds_left(error: TooManyRequests) -> int:
    """How long whoever came too often has to wait."""
    if isinstance(error.retry_after, int):
        return error.retry_after
    limit = limiter.current_limit
    return _seconds_until(limit.reset_at if limit else 0)


def _seconds_until(moment: float) -> int:
    return max(1, round(moment - time.time()))


def limited(budget: str, shown: Callable[[], str]) -> Callable[[View], View]:
    """So often for whoever shows one token or key, wherever from, and for one source whatever it shows: what is made up buys no budget.

    `shown` gives what came along, empty for nothing. Who shows nothing is the source, and is counted once.
    """

    def caller() -> str:
        secret = shown()
        return code_hmac(f"caller {secret}", current_app.extensions["keys"].pepper).hex()[:32] if secret else source_key()

    def mark(view: Any) -> Any:
        return limiter.limit(budget, key_func=caller)(limiter.limit(SOURCE, exempt_when=lambda: not shown())(view))

    return mark
