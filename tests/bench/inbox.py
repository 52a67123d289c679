"""How fast an agency's inbox and its cases, and the desk's queue, open in a city of a million: `python -m tests.bench.inbox [cases]`.

Whole requests are measured, from the cookie to the last byte of the page, with every statement sent to the database.
"""

from __future__ import annotations

import sys
from contextvars import Context
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text as sql

from feedback.accounts.models import User
from feedback.db import db
from tests.bench.many_cases import HEAD, large_city, row, timed
from tests.feedback.officers import session_key

ROUNDS = 30
PAGES = {
    "open work": "",
    "late": "?the=qua-han",
    "today": "?the=hom-nay",
    "not accepted": "?the=chua-nhan",
    "co-handled": "?the=phoi-hop",
    "answered": "?the=da-tra-loi",
    "everything": "?the=tat-ca",
    "everything urgent": "?the=tat-ca&khan=1",
    "everything of a field": "?the=tat-ca&linh-vuc=urban_environment",
    "search without marks": "?tim=rac+thai",
    "search with marks": "?tim=rác+thải",
}

DESK_PAGES = {"queue": "", "queue, a frequent word": "?tim=rac", "queue, two words": "?tim=rac+thai", "under way": "?the=dang-chuyen"}
#: What the desk's own agency works on lies at the desk.
AT_THE_DESK = "UPDATE cases SET state = 'sorting', at_desk = true WHERE agency_id = :agency AND state = 'in_progress'"

#: Which cases an officer opens.
CASES = {"a case at work": "in_progress", "a case to approve": "awaiting_approval", "a closed case": "closed"}
ONE_OF = "SELECT public_id FROM cases WHERE agency_id = :agency AND state = :state ORDER BY id DESC LIMIT 1"


def pages_of(user: User) -> dict[str, str]:
    """Addresses of what this officer opens."""
    found = {name: db.session.scalar(sql(ONE_OF), {"agency": user.agency_id, "state": state}) for name, state in CASES.items()}
    return PAGES | {name: f"/{public_id}" for name, public_id in found.items() if public_id}


def signed_in(app: Flask, user: User) -> FlaskClient:
    """A browser in which the officer is signed in."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = session_key(user.id)
    return client


def opened(client: FlaskClient, address: str, status: int = 200) -> None:
    """Read one page to its end, outside every context, as from another machine."""
    answer = Context().run(client.get, address)
    if answer.status_code != status:
        raise SystemExit(f"{address} answered {answer.status_code}")


def main() -> None:
    """Fill the scratch city and print a table for each reader."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with large_city(many) as (app, people):
        db.session.execute(sql(AT_THE_DESK), {"agency": people.desk.agency_id})
        db.session.commit()
        for title, user, list_of, pages in [
            ("largest agency", people.largest, "/can-bo/ho-so", pages_of(people.largest)),
            ("middling agency", people.middling, "/can-bo/ho-so", pages_of(people.middling)),
            ("front desk", people.desk, "/can-bo/tiep-nhan", DESK_PAGES),
        ]:
            client = signed_in(app, user)
            print(f"\n{title}\n{HEAD}")
            for name, query in pages.items():
                address = f"{list_of}{query}"
                opened(client, address)
                measured = [timed(partial(opened, client, address)) for _round in range(ROUNDS)]
                db.session.rollback()
                print(row(name, measured), flush=True)


if __name__ == "__main__":
    main()
