"""The first administrator comes from the command line."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from feedback.accounts import services
from feedback.accounts.models import Role, User
from feedback.city.models import Agency
from feedback.db import db


def add(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["account", "add", *arguments])
    return result.exit_code, result.output


def test_the_first_account_signs_in_and_must_change_its_password(app: Flask) -> None:
    code = db.session.scalars(select(Agency.code).order_by(Agency.id)).first() or ""
    status, said = add(app, "Admin.Mot", "--full-name", "Quản trị Một", "--agency", code)
    assert status == 0
    name, password = said.split()
    user = services.sign_in(name, password, "here")
    assert (user.sign_in_name, user.role, user.active, user.must_change_password) == ("admin.mot", Role.ADMINISTRATOR, True, True)
    status, said = add(app, "admin.mot", "--full-name", "Quản trị Hai", "--agency", code)
    assert status == 1
    assert "Tên đăng nhập này đã có người dùng." in said


def test_what_does_not_exist_is_said_and_makes_nothing(app: Flask) -> None:
    assert add(app, "admin.mot", "--full-name", "Một", "--agency", "no-such-agency")[0] == 1
    assert add(app, "admin.mot", "--full-name", "Một", "--agency", "x", "--role", "king")[0] == 2
    assert db.session.scalars(select(User)).all() == []
