"""What this machine gives at most, so that the rates of `tests.bench.scaling` can be compared with those of another.

The smallest durable intake there can be: Flask, one form, one row, one commit, nothing else; served by as many processes and threads as the
real one. And bare transactions of two rows and a counter, from as many connections, with no web server at all.
"""

from __future__ import annotations

import os
import random
import threading
import time

import psycopg
from flask import Flask, redirect, request
from sqlalchemy import text as sql
from werkzeug.wrappers import Response

from feedback.audit.reading import address_of
from feedback.db import db
from feedback.processes import Child

TABLES = """CREATE TABLE bench_report (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL);
    CREATE TABLE bench_event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, report_id bigint NOT NULL);
    CREATE TABLE bench_counter (agency integer PRIMARY KEY, many bigint NOT NULL);
    INSERT INTO bench_counter SELECT n, 0 FROM generate_series(0, 199) n"""
NO_TABLES = "DROP TABLE IF EXISTS bench_report, bench_event, bench_counter"
TAKE_IN = "INSERT INTO bench_report (text) VALUES (%s)"
#: One transaction in one statement, as quick as a server can be asked for it.
TRANSACTION = """WITH report AS (INSERT INTO bench_report (text) VALUES (%s) RETURNING id),
    event AS (INSERT INTO bench_event (report_id) SELECT id FROM report)
    UPDATE bench_counter SET many = many + 1 WHERE agency = %s"""
ADDRESS = "BENCH_DATABASE"


def smallest() -> Flask:
    """An application that takes in a text and does nothing else."""
    app, held = Flask(__name__), threading.local()

    @app.post("/take-in")
    def take_in() -> Response:
        if not hasattr(held, "connection"):
            held.connection = psycopg.connect(os.environ[ADDRESS], autocommit=True)
        held.connection.execute(TAKE_IN, (request.form["text"],))
        return redirect("/done")

    return app


def smallest_server(like: Child) -> Child:
    """The web server as the service starts it, with that application in place of ours."""
    order = ["tests.bench.yardstick:smallest()" if word == "wsgi:create_app()" else word for word in like.order]
    cut = order.index("--config")
    return Child("web", order[:cut] + order[cut + 2 :])


def prepare(anew: bool) -> None:
    """Empty tables, or none."""
    with db.engine.begin() as connection:
        connection.execute(sql(NO_TABLES))
        if anew:
            connection.execute(sql(TABLES))


def transactions_a_second(connections: int, seconds: float) -> float:
    """Durable transactions of two rows and a counter, from threads of this process."""
    where, until, done = address_of(db.engine), time.perf_counter() + seconds, [0] * connections

    def work(number: int) -> None:
        dice = random.Random(number)
        with psycopg.connect(where, autocommit=True) as connection:
            while time.perf_counter() < until:
                connection.execute(TRANSACTION, ("Đèn đường hỏng ba đêm nay.", dice.randrange(200)))
                done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)
