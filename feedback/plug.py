"""Binds feedback's extensions, pages and commands to an application."""

from __future__ import annotations

from flask import Flask

from feedback import cli, jobs
from feedback.accounts import cli as accounts_cli
from feedback.accounts import views as accounts
from feedback.administration import views as administration
from feedback.answers import views as answers
from feedback.api import views as api
from feedback.assets import init_assets
from feedback.attachments import models as _attachments  # noqa: F401 — its table belongs to the schema
from feedback.audit import cli as audit_cli
from feedback.audit import heads as _heads  # noqa: F401 — its job is registered on import
from feedback.cases import dialogue as _dialogue  # noqa: F401 — its job is registered on import
from feedback.cases import message_models as _messages  # noqa: F401 — its tables belong to the schema
from feedback.cases import sorting as _sorting  # noqa: F401 — its job is registered on import
from feedback.cases import template_models as _templates  # noqa: F401 — its table belongs to the schema
from feedback.cases.deadline_cli import deadline_command
from feedback.cases.keys_cli import keys_commands
from feedback.city import cli as city_cli
from feedback.conduct import views as conduct
from feedback.config import ROOT, Config
from feedback.crypto import KeyRing
from feedback.db import db
from feedback.desk import views as desk
from feedback.escalation import services as _escalation  # noqa: F401 — its jobs are registered on import
from feedback.extensions import csrf, migrate
from feedback.imports import cli as imports_cli
from feedback.imports import running as _running  # noqa: F401 — its job is registered on import
from feedback.imports import views as imports
from feedback.inbox import models as _inbox_models  # noqa: F401 — its table belongs to the schema
from feedback.inbox import views as inbox
from feedback.intake import cli as intake_cli
from feedback.intake import views as intake
from feedback.language import init_language
from feedback.notices import views as notices
from feedback.open311 import key_views as connections
from feedback.open311 import views as open311
from feedback.operations import cli as operations_cli
from feedback.operations import views as operations
from feedback.partners import admin_views as partners
from feedback.partners import views as partner_door
from feedback.phrases import Speaking, init_phrases
from feedback.record import views as record
from feedback.retention import nightly as _nightly  # noqa: F401 — its job is registered on import
from feedback.retention import views as retention
from feedback.shapes import views as shapes
from feedback.signing import RecordKeys
from feedback.timetable import views as timetable
from feedback.tracking import views as tracking
from feedback.web import init_web


def plug(app: Flask, config: Config) -> None:
    """Everything feedback brings, in the order it depends on itself."""
    app.jinja_environment = Speaking
    app.extensions["keys"] = KeyRing.from_secret(config.secret_key, *config.older_secrets)
    app.extensions["record_keys"] = RecordKeys.from_secret(config.secret_key, *config.older_secrets)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    init_language(app)
    init_phrases(app)
    init_assets(app)
    init_web(app, config)
    for pages in (
        intake,
        tracking,
        accounts,
        desk,
        inbox,
        answers,
        notices,
        timetable,
        record,
        conduct,
        operations,
        retention,
        administration,
        connections,
        open311,
        shapes,
        imports,
        partners,
        partner_door,
    ):
        app.register_blueprint(pages.blueprint)
    app.register_blueprint(answers.public_blueprint)
    api.register(app)
    cli.register(app)
    city_cli.register(app)
    app.cli.add_command(accounts_cli.account_commands)
    app.cli.add_command(audit_cli.audit_commands)
    app.cli.add_command(deadline_command)
    app.cli.add_command(keys_commands)
    app.cli.add_command(intake_cli.intake_command)
    app.cli.add_command(imports_cli.import_command)
    app.cli.add_command(jobs.worker_command)
    operations_cli.register(app)
