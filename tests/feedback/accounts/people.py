"""What the tests of officers' pages share: accounts, signing in, and forms with their token."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from feedback.accounts import second_factor, totp
from feedback.accounts.models import Role, SecondFactor, User
from feedback.accounts.services import NewUser, create_user
from feedback.city.models import Agency
from feedback.db import db, now

PASSWORD = "một câu dài dễ nhớ hôm nay"
SIGN_IN = "/can-bo/dang-nhap"
CODE = "/can-bo/dang-nhap/ma"
#: What every officer of these tests has in his authenticator app, where his role must have one.
SECRET = b"twenty bytes of test"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def agency_id() -> int:
    """Any agency of the city."""
    return db.session.scalars(select(Agency.id).order_by(Agency.id)).first() or 0


def officer(name: str = "nguyen.an", role: Role = Role.ADMINISTRATOR, password: str = PASSWORD, email: str | None = None) -> User:
    """An account that nobody handed over, with a second factor where the role must have one."""
    user = create_user(NewUser(name, f"Cán bộ {name}", role, agency_id(), email), password)
    if second_factor.is_required(user):
        enrol(user)
    return user


def enrol(user: User) -> None:
    """Give an account the second factor of these tests."""
    user.second_factor = SecondFactor(sealed=second_factor.seal(user, SECRET), last_step=0)
    db.session.commit()


def app_code(minutes: float = 0) -> str:
    """What the authenticator app shows so many minutes from now."""
    return totp.code_at(SECRET, totp.step_of(now()) + int(minutes * 2))


def with_officer(app: Flask, name: str = "nguyen.an", role: Role = Role.ADMINISTRATOR) -> str:
    """An account made in a context of its own; its public id."""
    with app.app_context():
        return officer(name, role).public_id


def token(client: FlaskClient, page: str) -> str:
    """The anti-forgery token of a page."""
    found = TOKEN.search(client.get(page).text)
    assert found is not None, page
    return found[1]


def post(client: FlaskClient, path: str, page: str, **fields: str) -> TestResponse:
    """Send a form with the token of the page that shows it."""
    return client.post(path, data={"csrf_token": token(client, page), **fields})


def sign_in(client: FlaskClient, name: str = "nguyen.an", password: str = PASSWORD, query: str = "") -> TestResponse:
    """Sign in as a browser does, with the app's code where it is asked for; as if the last code had been used long ago."""
    answer = post(client, SIGN_IN + query, SIGN_IN, name=name, password=password)
    if answer.location != CODE:
        return answer
    with client.application.app_context():
        db.session.execute(update(SecondFactor).values(last_step=0))
        db.session.commit()
    return post(client, CODE, CODE, code=app_code())
