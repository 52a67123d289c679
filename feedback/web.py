"""What every page has in common: closed by default, response headers, session limits."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse
from whitenoise import WhiteNoise

from feedback import acting, patience
from feedback.accounts.models import Role
from feedback.accounts.second_factor import is_owed
from feedback.api.tokens import officer_by_token
from feedback.cases.access import CITIZEN, Actor
from feedback.config import Config
from feedback.cookies import AgelessCookie
from feedback.db import now
from feedback.error_views import init_error_pages, this_address, typed_here, unsent_page
from feedback.errors import NotFound
from feedback.extensions import limiter, login_manager
from feedback.metrics import count_answer
from feedback.replica.pages import init_replica, officer_by_session

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

View = TypeVar("View", bound=Callable[..., Any])
#: What those ask for who watch the server.
WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
#: What a view gives.
Page = str | BaseResponse | tuple[str, int]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=63072000; includeSubDomains"
#: What a session may reach that still owes a step, the page of the step first; signing out and the language are always open.
PASSWORD_STEP = ("accounts.change_password_page", "accounts.sign_out_now")
FACTOR_STEPS = ("accounts.begin_second_factor", "accounts.scan_second_factor", "accounts.sign_out_now")
#: Endpoints of libraries that nobody needs to sign in for.
ALWAYS_PUBLIC = frozenset({"static"})


def public(view: View) -> View:
    """Mark a view as open to everybody. What carries neither this mark nor `roles` is closed."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def roles(*allowed: Role) -> Callable[[View], View]:
    """Mark a view as open to signed-in officers with one of these roles; for others it does not exist."""

    def mark(view: View) -> View:
        view.roles = frozenset(allowed)  # type: ignore[attr-defined]
        return view

    return mark


def by_token(scope: str, *allowed: Role) -> Callable[[View], View]:
    """Mark a view as open to officers with one of these roles who show an access token of this scope. A session opens it to nobody."""

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        return roles(*allowed)(view)

    return mark


def init_web(app: Flask, config: Config) -> None:
    """Install guard, headers, limits, error pages and logging."""
    _configure(app, config)
    _log_without_persons()
    login_manager.init_app(app)
    login_manager.user_loader(officer_by_session)
    # Flask-Login would compare a hash of address and browser; the table of sessions does its work here.
    login_manager.session_protection = None
    limiter.init_app(app)
    # No limit is for all pages: the decorator of a page that has one counts, and others need no look for it.
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    init_replica(app, config)
    # Before anything reads the form, the check of its token included.
    app.before_request_funcs.setdefault(None, []).insert(0, _measure_body)
    # And before anything reads the database: everybody is a visitor until the guard knows him.
    app.before_request_funcs[None].insert(0, _begin_as_visitor)
    app.before_request_funcs[None].insert(1, _refuse_nul)
    app.teardown_request(lambda _error: patience.end_page())
    app.teardown_request(lambda _error: acting.stop_acting())  # the later one runs first
    app.before_request(_guard)
    app.after_request(_headers)
    app.after_request(_count)
    init_error_pages(app)
    app.context_processor(lambda: {"demo": config.demo, "now": now()})
    if config.trusted_hosts:
        app.wsgi_app = _whoever_watches(app.wsgi_app, config.trusted_hosts[0].lstrip("."))  # type: ignore[assignment, method-assign]
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies)  # type: ignore[method-assign]
    static = WhiteNoise(
        app.wsgi_app,
        max_age=31_536_000,
        immutable_file_test=lambda path, url: "/dist/" in url,
        allow_all_origins=False,
        add_headers_function=lambda headers, path, url: headers.add_header("X-Content-Type-Options", "nosniff"),
    )
    static.add_files(f"{app.root_path}/static", prefix="static/")
    app.wsgi_app = static  # type: ignore[method-assign]


def _whoever_watches(inner: WSGIApplication, name: str) -> WSGIApplication:
    """Let whoever watches the server ask for it by number or by the name of its container: what he reads names no address."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in WATCHED:
            environ["HTTP_HOST"] = name
        return inner(environ, start_response)

    return answer


def _configure(app: Flask, config: Config) -> None:
    app.session_interface = AgelessCookie()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-phien" if config.https else "phien",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=25 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=200 * 1024,
        MAX_FORM_PARTS=50,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_STORAGE_URI=config.limits_url,
        RATELIMIT_KEY_PREFIX="web",
        # Counted by each process for itself while the database does not answer: pages for reading go on without it.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
    )


def _log_without_persons() -> None:
    """Structured logs on stderr; callers pass keys and counts, never what a person typed or where he came from."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Commands print their answers on standard output, a line each: nothing else may stand there.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
    )


def _measure_body() -> None:
    """Refuse a body of unknown length, and a form without files above the form limit: Werkzeug would read either whole (control 20)."""
    plain_form = request.mimetype == "application/x-www-form-urlencoded"
    if "Transfer-Encoding" in request.headers or (plain_form and (request.content_length or 0) > (request.max_form_memory_size or 0)):
        raise RequestEntityTooLarge


def _refuse_nul() -> None:
    """No address has the character NUL in it, and the database would fail on it."""
    if "\0" in request.path:
        raise NotFound
    if b"%00" in request.query_string:
        raise BadRequest


def _begin_as_visitor() -> None:
    g.began = time.perf_counter()
    patience.begin_page()
    acting.act_for(CITIZEN)


def _guard() -> BaseResponse | tuple[str, int] | None:
    """Closed by default: only marked views are open, and a session ends when it idles or grows old."""
    view: Any = _view()
    if view is None or getattr(view, "is_public", False) or request.endpoint in ALWAYS_PUBLIC:
        return None
    allowed: frozenset[Role] = getattr(view, "roles", frozenset())
    if hasattr(view, "scope"):
        _admit_by_token(view.scope, allowed)
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in(allowed)
    steps = confined_to()
    if steps and request.endpoint not in steps:
        return redirect(url_for(steps[0]))
    if current_user.role not in allowed:
        raise NotFound
    acting.act_for(Actor.of(current_user))
    return None


def _admit_by_token(scope: str, allowed: frozenset[Role]) -> None:
    shown = request.authorization
    officer = officer_by_token(shown.token if shown is not None and shown.type == "bearer" else None, scope)
    if officer.role not in allowed:
        raise NotFound
    g.actor = Actor.of(officer)
    acting.act_for(g.actor)


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint) if request.endpoint else None


def _ask_to_sign_in(allowed: frozenset[Role]) -> BaseResponse | tuple[str, int]:
    """A stranger is asked to sign in where officers may come; so is, at any page, one whose session has just ended, with what he typed."""
    if "_user_id" in session:
        clear_session()
        sign_in = url_for("accounts.sign_in_page", next=this_address() or None)
        kept = typed_here()
        if not kept.get("typed"):
            return redirect(sign_in)
        return unsent_page(_("Phiên làm việc của Ông/Bà đã kết thúc. Xin đăng nhập lại."), sign_in, **kept)
    if allowed and request.method == "GET":
        return redirect(url_for("accounts.sign_in_page", next=request.full_path.rstrip("?")))
    raise NotFound


def confined_to() -> tuple[str, ...]:
    """The endpoints a signed-in officer is confined to until a step is done, the step's own first; empty when nothing is owed."""
    if current_user.must_change_password:
        return PASSWORD_STEP
    return FACTOR_STEPS if is_owed(current_user) else ()


def clear_session() -> None:
    """Forget everything of the browser's session but the language (security, control 13)."""
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language


def looked_for(*names: str) -> dict[str, Any]:
    """What this page's address says under these names, for one that leads back to the list as it was; None for what it does not say."""
    return {name: request.args.get(name) or None for name in names}


def is_local_path(target: str | None) -> bool:
    """Whether a target after sign-in stays on this site: one leading slash, no backslash, no control character."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return False
    return "\\" not in target and all(ord(c) >= 32 for c in target)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint not in ALWAYS_PUBLIC:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _count(response: Response) -> Response:
    count_answer(request.endpoint or "none", request.method, response.status_code, g.get("began"))
    return response
