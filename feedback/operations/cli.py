"""`flask backup`, `backup verify`, `restore` and `doctor`: one JSON object each, exit code 1 when something is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from feedback import postgres
from feedback.cli import needs_database
from feedback.config import Config
from feedback.db import db
from feedback.operations import doctor
from feedback.operations.backup import KEPT, default_folder, make
from feedback.operations.checking import Found, check, restore
from feedback.operations.generations import newest
from feedback.operations.sealing import BackupBroken

PLACE = click.argument("place", required=False, type=click.Path(file_okay=False, path_type=Path))


class BackupGroup(AppGroup):
    """`flask backup [FOLDER]` makes one; what is no subcommand is the folder."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put the unwritten word `make` in front."""
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["make", *args]
        return super().parse_args(context, args)


backup_commands = BackupGroup("backup", help="Back up database and files: backup [FOLDER] [--keep N]; backup verify [PLACE].")


def register(app: Flask) -> None:
    """Add the commands of this module to the application."""
    app.cli.add_command(backup_commands)
    app.cli.add_command(restore_command)
    app.cli.add_command(doctor_command)


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def _say(work: Callable[[], dict[str, Any]]) -> None:
    """Print what the work found as one JSON object; exit with 1 when it says that something is wrong, or fails."""
    began = time.monotonic()
    try:
        found = work()
    except (BackupBroken, OSError) as error:
        found = {"ok": False, "wrong": [str(error)]}
    click.echo(json.dumps({**found, "seconds": round(time.monotonic() - began, 1)}, ensure_ascii=False))
    if not found["ok"]:
        for sentence in found["wrong"]:
            click.echo(sentence, err=True)
        raise SystemExit(1)


@backup_commands.command("make", hidden=True)
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep", default=KEPT, show_default=True, type=click.IntRange(1), help="Generations kept in the folder.")
@needs_database
def backup_command(folder: Path | None, keep: int) -> None:
    """Make a backup in FOLDER (default: var/backups)."""

    def work() -> dict[str, Any]:
        made = make(folder or default_folder(_config()), keep)
        wrong = [f"file {name} is missing and could not be backed up" for name in made.missing]
        facts = {"generation": str(made.path), "cases": made.cases, "files": made.files, "bytes": made.bytes, "removed": made.removed}
        return {"ok": not wrong, **facts, "wrong": wrong}

    _say(work)


@backup_commands.command("verify")
@PLACE
@needs_database
def verify_command(place: Path | None) -> None:
    """Restore a backup (PLACE: one, or a folder of them; the newest) into a scratch database and check all that is in it."""
    _say(lambda: _as_json(check(newest(place or default_folder(_config())))))


@click.command("restore")
@PLACE
@click.option("--replace", is_flag=True, help="Set the cases that are there aside.")
@needs_database
def restore_command(place: Path | None, replace: bool) -> None:
    """Put a backup in the place of database and files. Stop web and worker before."""
    _say(lambda: _as_json(restore(newest(place or default_folder(_config())), replace=replace)))


def _as_json(found: Found) -> dict[str, Any]:
    verdict, manifest = found.verdict, found.manifest
    return {
        "ok": not found.wrong,
        "generation": str(found.generation.path),
        "made_at": manifest["made_at"],
        "revision": manifest["revision"],
        "cases": manifest["tables"]["cases"],
        "files": len(manifest["files"]),
        "audit": None if verdict is None else {"ok": verdict.whole, "rows": verdict.rows, "heads": verdict.heads},
        "set_aside": found.set_aside,
        "steps": found.steps,
        "wrong": list(found.wrong),
    }


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Look for what is wrong, and say how each finding is mended."""
    try:
        with postgres.running(_config()):
            try:
                findings = doctor.examine()
            finally:  # before an embedded server that was started for this is stopped again
                db.session.remove()
                db.engine.dispose()
    except postgres.PostgresError as error:
        findings = [doctor.Finding("database", "wrong", str(error), "start the database, or correct DATABASE_URL")]
    wrong = [each for each in findings if each.level == "wrong"]
    click.echo(json.dumps({"ok": not wrong, "findings": [vars(each) for each in findings]}, ensure_ascii=False))
    for each in findings:
        click.echo(f"{each.level}: {each.what}. Mend: {each.mend}.", err=True)
    if wrong:
        raise SystemExit(1)
