"""`flask import`: the same as the administrator's page, for whoever has a terminal."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from feedback.accounts import services as accounts
from feedback.accounts.models import Role
from feedback.cli import needs_database
from feedback.errors import OfficeError
from feedback.imports import queries, services
from feedback.imports.columns import Kind
from feedback.imports.reading import Unreadable
from feedback.imports.running import work
from feedback.imports.words import problems_of


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "name", required=True, help="Sign-in name of the administrator who brings it in.")
@click.option("--source", default="", help="The system old cases come from.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@with_appcontext
@needs_database
def import_command(kind: str, file: Path, name: str, source: str, dry_run: bool) -> None:
    """Bring a CSV file in; first passwords are handed over on the administrator's page."""
    by = accounts.user_named(name)
    if by is None or by.role is not Role.ADMINISTRATOR or not by.active:
        raise click.ClickException(f"There is no active administrator {name!r}.")
    if kind == Kind.CASES and not source.strip():
        raise click.ClickException("Say with --source which system the old cases come from.")
    try:
        public_id = services.bring(by, Kind(kind), file.name, file.read_bytes(), source)
        work(queries.one(public_id).id)
        if dry_run:
            _tell(public_id)
            services.discard(by, public_id)
            return
        services.start(by, public_id)
        work(queries.one(public_id).id)
    except (Unreadable, OfficeError) as error:
        raise click.ClickException(str(error)) from error
    _tell(public_id)


def _tell(public_id: str) -> None:
    """Counts on standard output, mistakes on the other."""
    found = queries.one(public_id)
    for line in queries.refused(found.id):
        for said in problems_of(found.kind, line, None):
            click.echo(f"{found.file_name}:{line.line}: {said.column} {said.advice}".replace("  ", " "), err=True)
    click.echo(" ".join(f"{outcome.value}={count}" for outcome, count in queries.counts(found.id).items()))
