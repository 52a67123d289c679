"""Files as an administrator would send them, and the way from sending one to its end."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from contextvars import Context

from flask import Flask
from flask.testing import FlaskClient

from feedback import jobs
from feedback.imports import queries
from feedback.imports.columns import COLUMNS, Kind, names_of
from feedback.imports.judged import Outcome
from tests.feedback.citizen import TEXT
from tests.feedback.officers import TOKEN

START = "/can-bo/quan-tri/nhap-du-lieu"


def table(kind: Kind, *rows: Mapping[str, str]) -> bytes:
    """A file with these rows; cells that are not named hold the example of their column."""
    filled = {column.name: column.example for column in COLUMNS[kind]}
    return written(names_of(kind), [[{**filled, **row}[name] for name in names_of(kind)] for row in rows])


def written(heads: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([heads, *rows])
    return out.getvalue().encode()


def old(number: str, **cells: str) -> dict[str, str]:
    """A case from the former system, answered in time."""
    return {"number": number, "text": f"{TEXT} ({number})", "agency_code": "SO-XD", **cells}


def brought(client: FlaskClient, kind: Kind, data: bytes, source: str = "") -> str:
    """Send a file by the page; gives its public id."""
    found = TOKEN.search(client.get(START).text)
    assert found is not None
    fields = {"csrf_token": found[1], "kind": kind.value, "source": source, "file": (io.BytesIO(data), "danh-sach.csv")}
    answer = client.post(START, data=fields, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    return answer.location.rsplit("/", 1)[-1]


def at_work(app: Flask, import_id: str) -> dict[Outcome, int]:
    """Let the worker do what waits for a file, as it does: beside every request."""

    def run() -> dict[Outcome, int]:
        with app.app_context():
            key = queries.one(import_id).id
            jobs.run_here("imports.work", import_id=key)
            return queries.counts(key)

    return Context().run(run)


def press(client: FlaskClient, import_id: str, act: str, **fields: object):  # type: ignore[no-untyped-def]
    """Press a button of a file's page."""
    page = f"{START}/{import_id}"
    found = TOKEN.search(client.get(page).text)
    assert found is not None
    return client.post(f"{page}/{act}", data={"csrf_token": found[1], **fields})


def carried_through(app: Flask, client: FlaskClient, kind: Kind, data: bytes, source: str = "") -> tuple[str, dict[Outcome, int]]:
    """Send a file, have it judged, press the button, have it written."""
    import_id = brought(client, kind, data, source)
    at_work(app, import_id)
    assert press(client, import_id, "nhap").status_code == 302
    return import_id, at_work(app, import_id)
