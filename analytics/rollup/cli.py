"""`flask measures`: every figure as JSON Lines, and counting everything anew."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from analytics.counts import Period
from analytics.rollup import export, services
from analytics.rollup.scope import Group
from feedback.cli import needs_database
from feedback.db import now
from feedback.localtime import local_day

#: What rows may be made of, by the word on the command line.
WORDS = {
    "district": Group.DISTRICT,
    "ward": Group.WARD,
    "agency": Group.AGENCY,
    "category": Group.CATEGORY,
    "procedure": Group.PROCEDURE,
    "level": Group.LEVEL,
    "track": Group.TRACK,
    "channel": Group.CHANNEL,
}
USUAL_DAYS = 90
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("measures", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row: every measure with numerator and denominator.")
@click.option("--from", "first", type=_DAY, help="First day, e.g. 2026-01-01; without it 90 days before the last.")
@click.option("--to", "last", type=_DAY, help="Last day, included; without it today.")
@click.option("--by", "by", type=click.Choice(list(WORDS)), help="A row for each of these; without it one row for the city.")
@click.pass_context
@with_appcontext
def measures_group(context: click.Context, as_json: bool, first: datetime | None, last: datetime | None, by: str | None) -> None:
    """Every measure of a period, the newest changes included. Sealed cases are in none of them."""
    if context.invoked_subcommand is not None:
        return
    if not as_json:
        raise click.UsageError("Say --json, or a command: rebuild.")
    moment = now()
    period = _period(first.date() if first else None, last.date() if last else None, moment)
    _print(period, WORDS[by] if by else None)


def _period(first: date | None, last: date | None, moment: datetime) -> Period:
    end = last or local_day(moment)
    start = first or date.fromordinal(end.toordinal() - USUAL_DAYS + 1)
    if start > end:
        raise click.UsageError("--from lies after --to.")
    return Period(start, end, moment)


@needs_database
def _print(period: Period, group: Group | None) -> None:
    services.take_up()
    for row in export.rows(period, group):
        click.echo(json.dumps(row, ensure_ascii=False))


@measures_group.command("rebuild")
@with_appcontext
@needs_database
def rebuild_command() -> None:
    """Count every case anew; whoever reads sees the old figures until it is done."""
    number = services.rebuild(_watch)
    click.echo(f"{number} cases counted.")


def _watch(batches: Sequence[Sequence[int]]) -> Iterable[Sequence[int]]:
    bar: Iterable[Sequence[int]] = tqdm(batches, desc="Tính lại / Counting", file=sys.stderr, unit="batch", mininterval=0.5)
    return bar
