"""`flask model corrections`: what officers have labelled, masked, for training."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from analytics.learning import services
from feedback.cli import needs_database


@click.command("corrections")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="the file to write, for `model train --with`")
@with_appcontext
@needs_database
def corrections_command(out: Path) -> None:
    """Write what officers labelled in blind checks, masked, one labelled text a line; sealed and withdrawn cases are left out."""
    try:
        made = services.export(out)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
    click.echo(json.dumps({"file": str(out), **asdict(made)}))
