"""The cookie of a browser's session, without a look at its age.

What it leads to ends by itself: an officer's session and a draft with their rows. Flask would also refuse a cookie from the future, so
that a clock that is set back would take the code of a report from whoever is writing one.
"""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature


class AgelessCookie(SecureCookieSessionInterface):
    """Sessions in a signed cookie, good for as long as the signature is."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of this browser; an empty one when there is none, or its signature is not ours."""
        signer = self.get_signing_serializer(app)
        if signer is None:
            return None
        try:
            return self.session_class(signer.loads(request.cookies.get(self.get_cookie_name(app), "")))
        except BadSignature:
            return self.session_class()
