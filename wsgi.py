"""Composition root: the only module that joins feedback and analytics. Makes an application; does no I/O."""

from __future__ import annotations

import gc

gc.disable()  # whatever is imported stays; looking through it for garbage time and again took a third of every start

from flask import Flask

from analytics import plug as analytics_plug
from feedback import plug as feedback_plug
from feedback.config import ROOT, Config
from feedback.patience import CONNECT
from feedback.pool import POOL
from feedback.replica.servers import binds

gc.freeze()  # nor is it looked through later
gc.enable()


def create_app(config: Config | None = None) -> Flask:
    """A complete application for one configuration, read from the environment when none is given."""
    config = config or Config.from_environment()
    app = Flask("feedback", root_path=str(ROOT / "feedback"), template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=config.secret_key,
        TESTING=config.testing,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=POOL | {"connect_args": CONNECT},
        SQLALCHEMY_BINDS=binds(config),
    )
    app.extensions["config"] = config
    feedback_plug.plug(app, config)
    analytics_plug.plug(app)
    return app


def __getattr__(name: str) -> Flask:
    """Make `wsgi.app` on first use only, so that importing this module stays free of side effects."""
    if name in ("app", "application"):
        return create_app()
    raise AttributeError(name)
