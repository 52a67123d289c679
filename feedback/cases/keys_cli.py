"""`flask keys rewrap`: every data key under the secret in force; `flask keys open`: a file handed up, for whoever receives it."""

from __future__ import annotations

import json
from typing import BinaryIO

import click
from flask.cli import AppGroup

from feedback.cases.handing_up import open_file
from feedback.cases.sealed import keys_to_rewrap, rewrap_keys
from feedback.cli import needs_database
from feedback.codes import tidy_code
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


@keys_commands.command("open")
@click.argument("file", type=click.File("rb"))
@click.option("--code", prompt=True, hide_input=True, help="The code that was shown when the file was made.")
def open_command(file: BinaryIO, code: str) -> None:
    """Open a sealed file that was handed up and print it as JSON. Needs no database and no secret of this installation."""
    try:
        found = open_file(file.read(), tidy_code(code))
    except SealBroken as error:
        raise click.ClickException("This code does not open this file, or the file was changed.") from error
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))
