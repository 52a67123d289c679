"""`flask demo` and `flask demo-sign-ins`: a city to try things out in; demo mode only."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import ParamSpec, TypeVar

import click
from flask import current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from analytics.classify.artefact import BrokenArtefact
from analytics.demo import services, signins
from analytics.demo.staff import NameTaken
from feedback.acting import acting_for
from feedback.city.kinds import UnitSet
from feedback.cli import needs_database
from feedback.config import Config

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
MOST_CASES = 1_000_000


def _demo_mode_only(command: Callable[P, R]) -> Callable[P, R]:
    """Refuse before anything is touched when the settings are those of a real installation."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        config: Config = current_app.extensions["config"]
        if not config.demo:
            raise click.ClickException("This works in demo mode only (LIEMCHINH_DEMO=1); invented people have no place beside real ones.")
        return command(*args, **kwargs)

    return run


@click.command("demo")
@click.option(
    "--units", type=click.Choice([units.value for units in UnitSet]), default=UnitSet.Y2025.value, show_default=True, help="The map."
)
@click.option("--cases", type=click.IntRange(0, MOST_CASES), default=6000, show_default=True, help="How many cases.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same city.")
@click.option("--if-empty", is_flag=True, help="Leave a database that holds cases alone and say nothing.")
@with_appcontext
@_demo_mode_only
@needs_database
def demo_command(units: str, cases: int, seed: int, if_empty: bool) -> None:
    """Fill an empty database with an invented city and two years of its cases."""
    try:
        with acting_for(None):  # rows are copied in, which only the owner of the tables may do
            made = services.fill_city(units, cases, seed, _watch)
    except services.NotEmpty as error:
        if if_empty:
            return
        raise click.ClickException("This database already holds cases; the demo city goes into an empty one.") from error
    except BrokenArtefact as error:
        raise click.ClickException(f"The texts cannot be classified: {error}.") from error
    except NameTaken as error:
        raise click.ClickException(f"There already is an account called {error}; the demo city goes into an empty database.") from error
    click.echo(f"The demo city of {units}: {made.cases} cases, {made.accounts} accounts.")


def _watch(items: Sequence[T], label: str) -> Iterable[T]:
    bar: Iterable[T] = tqdm(items, desc=label, file=sys.stderr, unit="", mininterval=0.5)
    return bar


@click.command("demo-sign-ins")
@with_appcontext
@_demo_mode_only
@needs_database
def sign_ins_command() -> None:
    """Print who can sign in to the demo city, and codes of cases to follow."""
    for line in signins.lines():
        click.echo(line)
