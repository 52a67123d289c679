"""Binds the classifier, the figures for leadership and the demo city to an application."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask import Flask

from analytics.alerts import views as alerts
from analytics.briefing import views as briefing
from analytics.classify import cli as classify_cli
from analytics.classify import load_classifier
from analytics.classify.danger import words_of_danger
from analytics.classify.words import read
from analytics.dashboard import hop_views
from analytics.dashboard import views as dashboard
from analytics.demo import cli as demo_cli
from analytics.duplicates import queries as duplicates
from analytics.learning import cli as learning_cli
from analytics.learning import views as learning
from analytics.learning.health import model_check
from analytics.opendata import cli as opendata_cli
from analytics.opendata import views as opendata
from analytics.places.reading import read_place
from analytics.procedures.matching import read_procedure
from analytics.redact import redact
from analytics.rollup import cli as rollup_cli
from analytics.rollup.open_figures import open_figures
from analytics.rollup.warming import warm_up
from feedback.api.ports import PublicMeasure
from feedback.cases.access import Actor
from feedback.cases.models import Case
from feedback.cases.ports import Likely, PlaceRead, ProcedureRead, Span


class Alike:
    """Feedback's ports for duplicates, filled by the search and the scores of `analytics.duplicates`."""

    def likely(self, actor: Actor, case: Case) -> Sequence[Likely]:
        """Cases the actor sees that may tell of the same incident, the most alike first."""
        return duplicates.likely(actor, case)

    def likely_public(self, text: str, area_id: int | None, at: datetime) -> Sequence[Likely]:
        """Public cases that may tell of the same incident as a text not yet sent."""
        return duplicates.likely_public(text, area_id, at)


class Places:
    """Feedback's port for places, filled by the rules and names of `analytics.places`."""

    def read_place(self, text: str, units: str) -> PlaceRead:
        """Where a text says it happened, in wards of the set in force."""
        return read_place(text, units)


class Procedures:
    """Feedback's port for procedures, filled by the words of `analytics.procedures`."""

    def read_procedure(self, text: str, names: Sequence[str]) -> ProcedureRead | None:
        """Which of the names a text is about."""
        return read_procedure(text, names)


class Danger:
    """Feedback's port for the reason why a report is urgent, filled by the rules of `analytics.classify.danger`."""

    def words_of_danger(self, text: str) -> str:
        """The first words that speak of danger."""
        return words_of_danger(read(text))


class OpenFigures:
    """The API's port for figures, filled by `analytics.rollup`."""

    def public_measures(self, today: date) -> tuple[date, date, Sequence[PublicMeasure]]:
        """The whole city in twelve closed months."""
        return open_figures(today)


class Masks:
    """Feedback's port for masking, filled by the rules of `analytics.redact`."""

    def mask(self, text: str) -> tuple[str, tuple[Span, ...]]:
        """The masked text and what was found in the one given."""
        masked = redact(text)
        return masked.text, tuple(Span(mark.kind, mark.start, mark.end) for mark in masked.found)


def plug(app: Flask) -> None:
    """Plug the classifier into intake's port and register analytics' pages and commands."""
    app.extensions["classifier"] = load_classifier(app.extensions["config"].var / "models")
    app.extensions["doctor"] = (model_check(app.extensions["config"].var / "models"),)
    app.extensions["likeness"] = app.extensions["public_likeness"] = Alike()
    app.extensions["place_reader"] = Places()
    app.extensions["procedure_reader"] = Procedures()
    app.extensions["danger_reader"] = Danger()
    app.extensions["redactor"] = Masks()
    app.extensions["public_measures"] = OpenFigures()
    app.extensions["warm_up"] = (warm_up,)
    app.register_blueprint(dashboard.blueprint)
    app.register_blueprint(hop_views.blueprint)
    app.register_blueprint(alerts.blueprint)
    app.register_blueprint(briefing.blueprint)
    app.register_blueprint(learning.blueprint)
    app.register_blueprint(opendata.blueprint)
    app.cli.add_command(classify_cli.classify_command)
    app.cli.add_command(classify_cli.similar_command)
    app.cli.add_command(classify_cli.redact_command)
    classify_cli.model_group.add_command(learning_cli.corrections_command)
    app.cli.add_command(classify_cli.model_group)
    app.cli.add_command(rollup_cli.measures_group)
    app.cli.add_command(opendata_cli.opendata_group)
    app.cli.add_command(demo_cli.demo_command)
    app.cli.add_command(demo_cli.sign_ins_command)
