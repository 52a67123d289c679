"""`flask audit verify`: is the record as it was written?"""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from feedback.audit.services import record_keys
from feedback.audit.verify import Verdict, verify
from feedback.cli import needs_database

audit_commands = AppGroup("audit", help="The record of every act.")
#: Of the file that `/so-cai.csv` gives.
DAY, HEAD = "day", "head"


@audit_commands.command("verify")
@click.option(
    "--heads",
    "copy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with a copy of /so-cai.csv kept elsewhere.",
)
@needs_database
def verify_command(copy: Path | None) -> None:
    """Check every row and every head; print one JSON object, and exit with 1 when something is wrong."""
    kept = _read(copy) if copy is not None else None
    verdict = verify(record_keys(), kept)
    click.echo(json.dumps(_as_json(verdict), ensure_ascii=False))
    if not verdict.whole:
        for sentence in _sentences(verdict):
            click.echo(sentence, err=True)
        raise SystemExit(1)


def _read(copy: Path) -> dict[date, bytes]:
    """The heads in a kept copy. Raises BadParameter, exit code 2, for a file that is none."""
    try:
        with copy.open(encoding="utf-8-sig", newline="") as file:
            kept = {date.fromisoformat(row[DAY]): bytes.fromhex(row[HEAD]) for row in csv.DictReader(file)}
    except (KeyError, TypeError, ValueError) as error:
        raise click.BadParameter(f"{copy} is not a copy of /so-cai.csv.", param_hint="--heads") from error
    if not kept:
        raise click.BadParameter(f"{copy} is not a copy of /so-cai.csv: it has no heads.", param_hint="--heads")
    return kept


def _as_json(verdict: Verdict) -> dict[str, Any]:
    row, day = verdict.bad_row, verdict.bad_day
    last_day, last_head = verdict.last_head or (None, b"")
    return {
        "ok": verdict.whole,
        "rows": verdict.rows,
        "chains": verdict.chains,
        "heads": verdict.heads,
        "rows_after_last_head": verdict.uncovered,
        "last_day": last_day.isoformat() if last_day else None,
        "last_head": last_head.hex() or None,
        "first_bad_row": None if row is None else {"seq": row.seq, "subject": row.subject, "number": row.number, "at": row.at},
        "first_bad_day": None if day is None else day.day.isoformat(),
        "wrong": _sentences(verdict),
    }


def _sentences(verdict: Verdict) -> list[str]:
    row, day = verdict.bad_row, verdict.bad_day
    said = [] if row is None else [f"Row {row.seq} (number {row.number} of {row.subject}, {row.at}): {row.why}."]
    return said if day is None else [*said, f"Day {day.day.isoformat()}: {day.why}."]
