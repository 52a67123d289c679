"""`flask keys rewrap`: every data key under the secret in force, after `SECRET_KEY` was changed."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from feedback.cases.sealed import keys_to_rewrap, rewrap_keys
from feedback.cli import needs_database
from feedback.crypto import SealBroken

keys_commands = AppGroup("keys", help="The keys of sealed cases and of files.")


@keys_commands.command("rewrap")
@needs_database
def rewrap_command() -> None:
    """Wrap every data key under the key in force. Broken off, it goes on where it stopped when it is started again."""
    total, done = keys_to_rewrap(), 0
    try:
        for batch in rewrap_keys():
            done += batch
            click.echo(f"{done} / {total}", err=True)
    except SealBroken as error:
        raise click.ClickException(
            "A key was wrapped under a secret that is not here. Put the former SECRET_KEY into OLDER_SECRET_KEYS and start again."
        ) from error
    click.echo(f"{done} keys wrapped anew.")
