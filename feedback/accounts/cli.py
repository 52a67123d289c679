"""`flask account add`: the first administrators of a new installation, who make all other accounts in the browser."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from feedback.accounts import services
from feedback.accounts.models import Role
from feedback.accounts.services import NewUser
from feedback.city import queries as city
from feedback.cli import needs_database
from feedback.errors import OfficeError

account_commands = AppGroup("account", help="Officers' accounts.")


@account_commands.command("add")
@click.argument("sign_in_name")
@click.option("--full-name", required=True, help="Name shown to colleagues.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ADMINISTRATOR.value, show_default=True)
@click.option("--agency", "agency_code", required=True, help="Code of the officer's agency, as in the city's list.")
@with_appcontext
@needs_database
def add_command(sign_in_name: str, full_name: str, role: str, agency_code: str) -> None:
    """Make an account and print its first password, which must be changed at the first sign-in."""
    password = services.first_password()
    try:
        agency = city.agency_by_code(agency_code)
        user = services.create_user(NewUser(sign_in_name, full_name, Role(role), agency.id, handed_over=True), password)
    except OfficeError as error:
        raise click.ClickException(error.message or f"There is no agency {agency_code!r}.") from error
    click.echo(f"{user.sign_in_name} {password}")
