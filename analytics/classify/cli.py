"""`flask classify`, `similar`, `redact` and `model`: for other people's scripts. No database."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import ScriptInfo

from analytics import lines
from analytics.classify import artefact, load_classifier
from analytics.classify.card import card
from analytics.classify.versions import NotPromoted, Versions
from analytics.duplicates.scoring import compare
from analytics.redact import redact
from feedback.cases.ports import Labels

_CANDIDATE = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="another model than the one in use",
)


@click.command("classify")
def classify_command() -> None:
    """Label texts: {"id","text"} per line in; category, confidence, reasons and signs of misconduct per line out."""
    classifier = load_classifier(_folder())
    try:
        classifier.classify("")
        lines.stream(lambda row: {"id": row["id"], **as_json(classifier.classify(lines.text_of(row, "text")))})
    except artefact.BrokenArtefact as error:
        raise click.ClickException(str(error)) from error


def as_json(labels: Labels) -> dict[str, Any]:
    """Labels as other programs read them; confidences rounded to four places."""
    return {
        "category": labels.category,
        "confidence": round(labels.confidence, 4),
        "alternatives": [{"category": name, "confidence": round(share, 4)} for name, share in labels.alternatives],
        "misconduct": labels.misconduct,
        "misconduct_confidence": round(labels.misconduct_confidence, 4),
        "urgency": "urgent" if labels.urgent else "normal",
        "spam": labels.spam,
        "insult": labels.insult,
        "abstain": labels.abstain,
        "reasons": list(labels.reasons),
        "model_version": labels.model_version,
    }


@click.command("similar")
def similar_command() -> None:
    """Compare two texts: {"id","a","b"} per line in, {"id","same_incident","score"} per line out."""
    lines.stream(lambda row: {"id": row["id"], **compare(lines.text_of(row, "a"), lines.text_of(row, "b")).as_json()})


@click.command("redact")
def redact_command() -> None:
    """Mask personal data: {"id","text"} per line in, {"id","text","found":[{"kind","start","end"}]} per line out."""
    lines.stream(lambda row: {"id": row["id"], **redact(lines.text_of(row, "text")).as_json()})


def _folder() -> Path | None:
    """The installation's folder of models; none when a command runs without the application."""
    script = click.get_current_context().find_object(ScriptInfo)
    return None if script is None else Path(script.load_app().extensions["config"].var) / "models"


@contextmanager
def _as_click_errors() -> Iterator[None]:
    try:
        yield
    except (artefact.BrokenArtefact, NotPromoted) as error:
        raise click.ClickException(str(error)) from error


@click.group("model")
def model_group() -> None:
    """Train, judge and change the model."""


@model_group.command("train")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=artefact.FOLDER, help="where the artefact is written")
@click.option("--with", "corrections", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="corrections to learn as well")
def train_command(folder: Path, corrections: Path | None) -> None:
    """Learn anew from the corpus; two minutes at most, the same bytes every time."""
    try:
        from analytics.classify.training import train
    except ImportError as error:
        raise click.ClickException("training needs scipy (requirements-dev.txt)") from error
    # A complete artefact first, then one file after the other: a broken training leaves the old model standing.
    with tempfile.TemporaryDirectory() as fresh:
        try:
            settings = train(Path(fresh), corrections=corrections)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        folder.mkdir(parents=True, exist_ok=True)
        for made in sorted(Path(fresh).iterdir()):
            (folder / made.name).write_bytes(made.read_bytes())
    click.echo(json.dumps({"version": settings.version, "folder": str(folder)}))


@model_group.command("evaluate")
@_CANDIDATE
def evaluate_command(folder: Path | None) -> None:
    """The figures measured on held-out texts when a model was trained, one JSON object."""
    with _as_click_errors():
        manifest = artefact.load_manifest(folder or Versions(_folder()).in_use())
        click.echo(json.dumps({"version": manifest["version"], **manifest["metrics"]}, ensure_ascii=False))


@model_group.command("card")
@_CANDIDATE
def card_command(folder: Path | None) -> None:
    """The figures of the model card as Markdown tables."""
    with _as_click_errors():
        click.echo(card(artefact.load_manifest(folder or Versions(_folder()).in_use())))


@model_group.command("promote")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def promote_command(folder: Path) -> None:
    """Use the model in FOLDER from now on; refused when it is right less often on the fixed test texts, with or without tone marks."""
    with _as_click_errors():
        click.echo(json.dumps({"in_use": Versions(_folder()).promote(folder)}))


@model_group.command("rollback")
def rollback_command() -> None:
    """Go back to the model in use before."""
    with _as_click_errors():
        click.echo(json.dumps({"in_use": Versions(_folder()).rollback()}))
