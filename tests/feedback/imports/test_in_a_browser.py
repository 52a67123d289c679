"""The administrator's pages as they are seen: at the narrowest and a wide screen, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from feedback.accounts import passwords
from feedback.accounts.models import Role, User
from feedback.city import queries as city
from feedback.db import db
from feedback.imports.columns import Kind
from tests.browsers import SCREENS, follow, look, served, signed_in
from tests.feedback.imports.files import START, at_work, brought, carried_through, old, table
from tests.feedback.officers import Office

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
OWN = "một câu dài dễ nhớ hôm nay"


@pytest.mark.timeout(180)
def test_the_pages(app: Flask, office: Office, admin: FlaskClient, browser: Browser, tmp_path: Path) -> None:
    me = db.session.get_one(User, office.admin.actor.user_id)
    me.password_hash = passwords.hash_password(OWN)
    second = office._hire(Role.ADMINISTRATOR, city.desk_agency().id)
    waiting = brought(admin, Kind.HOLIDAYS, table(Kind.HOLIDAYS, {}))
    refused = brought(admin, Kind.CASES, table(Kind.CASES, old("A/1"), old("A/2", text="ngắn"), old("A/3", received="mai")), "Hệ thống cũ")
    at_work(app, refused)
    changed = brought(admin, Kind.AREAS, admin.get(f"{START}/xuat/areas").text.replace("142625", "150000").encode())
    at_work(app, changed)
    people = table(Kind.OFFICERS, *({"sign_in_name": f"nguoi.thu{n}"} for n in range(2)))
    done, _counts = carried_through(app, admin, Kind.OFFICERS, people)
    with served(app) as address:
        for width, language in SCREENS:
            page = signed_in(browser, office, office.admin, address, width, language)
            narrow = width == SCREENS[0][0]
            pages = {"start": "", "refused": f"/{refused}", "done": f"/{done}"}
            rest = {"columns": "/cach-ghi/cases", "waiting": f"/{waiting}?dung-yen=1", "changed": f"/{changed}?xem=changed"}
            for name, path in (pages if narrow else rest).items():
                page.goto(address + START + path)
                look(page, f"imports-{name}-{width}")
            if narrow:
                other = signed_in(browser, office, second, address, width, language)
                other.goto(f"{address}{START}/{done}/duyet")
                look(other, f"imports-approve-{width}")
                other.context.close()
            else:
                page.goto(f"{address}{START}/{done}")
                page.fill("#password", "sai")
                follow(page, "button[value=in]")
                look(page, "imports-wrong-password")
                page.fill("#password", OWN)
                follow(page, "button[value=in]")
                look(page, "imports-passwords")
                page.goto(address + START)
                workbook = tmp_path / "a.xlsx"
                workbook.write_bytes(b"PK\x03\x04")
                page.set_input_files("#file", workbook)
                follow(page, "main form button")
                look(page, "imports-workbook")
            page.context.close()
