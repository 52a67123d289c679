"""JSON Lines in, JSON Lines out: one line in memory at a time, bad lines named on stderr, the rest goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import click

#: A line longer than this is refused unread.
LINE_LIMIT = 2_000_000


class BadLine(ValueError):
    """A line that cannot be answered; the message says why."""


def stream(answer: Callable[[dict[str, Any]], dict[str, Any]], lines: Iterable[bytes] | None = None) -> None:
    """Answer every line of stdin in order. Exits with 1 when any line was refused."""
    failed = False
    for number, line in enumerate(sys.stdin.buffer if lines is None else lines, start=1):
        if not line.strip():
            continue
        try:
            answered = answer(_row(line))
        except BadLine as error:
            failed = True
            click.echo(f"line {number}: {error}", err=True)
        else:
            click.echo(json.dumps(answered, ensure_ascii=False))
    if failed:
        raise click.exceptions.Exit(1)


def _row(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_LIMIT:
        raise BadLine("the line is too long")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine("not a JSON object in UTF-8") from error
    if not isinstance(row, dict):
        raise BadLine("not a JSON object")
    if "id" not in row:
        raise BadLine('"id" is missing')
    return row


def text_of(row: dict[str, Any], key: str) -> str:
    """The text under a key. Raises BadLine when it is missing, no text, or not encodable (a lone surrogate)."""
    value = row.get(key)
    if not isinstance(value, str):
        raise BadLine(f'"{key}" is missing or not a text')
    return value.encode("utf-8", "replace").decode("utf-8")
