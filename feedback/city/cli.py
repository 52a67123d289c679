"""Commands for the city's reference data: check the files, load them."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from feedback.answers.services import load_templates
from feedback.cases.baseline import load_baseline
from feedback.city.kinds import UnitSet
from feedback.city.loader import load_city, read_city
from feedback.city.reading import DATA, CityDataError
from feedback.cli import needs_database
from feedback.escalation.services import load_ladder
from feedback.imports.touched import touched_by_people

city_commands = AppGroup("city", help="The city's reference data (feedback/city/data).")
_folder = click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=DATA, help="Read other files than ours."
)


def register(app: Flask) -> None:
    """Add `flask city` to an application."""
    app.cli.add_command(city_commands)


@city_commands.command("load")
@click.option(
    "--units",
    type=click.Choice([units.value for units in UnitSet]),
    default=UnitSet.Y2025.value,
    show_default=True,
    help="The map in force.",
)
@_folder
@needs_database
def load_command(units: str, folder: Path) -> None:
    """Load a unit set and put it in force; loading again updates it, but leaves alone what administrators have changed."""
    try:
        left = load_city(units, folder, touched_by_people())
        load_ladder()
        load_templates()
        load_baseline()
    except CityDataError as error:
        _refuse(error)
    click.echo(f"The city of {units} is loaded.")
    if left:
        click.echo(f"{left} rows of the files were left alone: administrators have changed them here. Their pages and files change them.")


@city_commands.command("check")
@_folder
def check_command(folder: Path) -> None:
    """Check the files of both sets without a database; every bad row is printed with what to do."""
    problems = set()
    for units in UnitSet:
        try:
            read_city(units, folder)
        except CityDataError as error:
            problems.update(error.problems)
    if problems:
        _refuse(CityDataError(problems))
    click.echo("All files are in order.")


def _refuse(error: CityDataError) -> None:
    click.echo(str(error), err=True)
    count = len(error.problems)
    raise click.ClickException(f"{count} {'row is' if count == 1 else 'rows are'} wrong; nothing was changed.")
