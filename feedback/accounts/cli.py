"""`flask account`: the first administrators of a new installation, and the way back in when none of them can sign in."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from feedback.accounts import second_factor, services
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


@account_commands.command("reset-second-factor")
@click.argument("sign_in_name")
@with_appcontext
@needs_database
def reset_second_factor_command(sign_in_name: str) -> None:
    """Take a lost second factor away, e.g. from the only administrator; the next sign-in sets up a new one where the role must have one."""
    user = services.user_named(sign_in_name)
    if user is None:
        raise click.ClickException(f"There is no account {sign_in_name!r}.")
    second_factor.reset(None, user)
    click.echo(f"{user.sign_in_name} now signs in with the password alone.")
