"""`flask opendata`: freeze the months that are closed, correct one, check what is published."""

from __future__ import annotations

from datetime import date, datetime

import click
from flask.cli import AppGroup

from analytics.opendata import services
from feedback.cli import needs_database
from feedback.errors import OfficeError

opendata_group = AppGroup("opendata", help="Published figures: whole months, frozen.")
_MONTH = click.DateTime(["%Y-%m"])


@opendata_group.command("freeze")
@needs_database
def freeze_command() -> None:
    """Publish every closed month that has not been published yet, as the worker does at night."""
    months = services.freeze_closed()
    for month in months:
        click.echo(f"{month:%Y-%m} is published.")
    if not months:
        click.echo("Nothing to publish: every closed month is.")


@opendata_group.command("correct")
@click.argument("month", type=_MONTH)
@click.option("--reason", required=True, help="Why; it is published with the correction.")
@needs_database
def correct_command(month: datetime, reason: str) -> None:
    """Publish a new edition of a MONTH such as 2026-03; the ones before stay where they are."""
    try:
        edition = services.correct(date(month.year, month.month, 1), reason)
    except OfficeError as error:
        raise click.ClickException(error.message or "not possible") from error
    click.echo(f"{month:%Y-%m} is published in edition {edition}.")


@opendata_group.command("verify")
@needs_database
def verify_command() -> None:
    """Check every published table against its hash; exit code 1 when one is not what was published."""
    wrong = services.verify()
    if wrong:
        raise click.ClickException(f"Not as it was published: {', '.join(wrong)}.")
    click.echo("Everything is as it was published.")
