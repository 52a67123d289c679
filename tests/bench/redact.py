"""How much masking finds, how often it is wrong, how fast it is and whether memory grows: `python -m tests.bench.redact`."""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import time
from collections import Counter

from analytics.measures import wilson
from analytics.redact import redact
from tests.analytics.marked import changed, recall, texts

SETS = ("first", "fresh", "last", "known")
CLEAN_SETS = ("first", "fresh", "known")
LINES = 100_000
HOSTILE = {
    "a.a.a…@": "a." * 50_000 + "@",
    "digits": "1" * 100_000,
    "0 0 0 …": "0 " * 50_000,
    "+84+84…": "+84" * 33_000,
    "zero width": "0\u200b" * 50_000,
    "Ông A Ông A": "Ông A " * 16_000,
}


def quality() -> None:
    """Print recall per kind over all sets, and the share of clean texts that change."""
    marked: Counter[str] = Counter()
    masked: Counter[str] = Counter()
    for name in SETS:
        found = recall(f"masks_{name}")
        marked += found.marked
        masked += found.masked
    for kind, total in marked.items():
        low, high = wilson(masked[kind], total)
        print(f"{kind:13} masked {masked[kind]:3} of {total:3}   {masked[kind] / total:.3f} ({low:.3f}-{high:.3f})")
    wrong = sum(len(changed(f"clean_{name}")) for name in CLEAN_SETS)
    clean = sum(len(list(texts(f"clean_{name}"))) for name in CLEAN_SETS)
    low, high = wilson(wrong, clean)
    print(f"clean texts changed {wrong} of {clean}   {wrong / clean:.3f} ({low:.3f}-{high:.3f})")


def hostile() -> None:
    """Print the CPU time of texts made to be slow."""
    for name, text in HOSTILE.items():
        started = time.process_time()
        redact(text)
        print(f"{name:12} {len(text):7,} characters   {time.process_time() - started:.2f} s")


def stream(command: str, rows: list[dict[str, str]]) -> None:
    """Send many lines through a command; print lines a second and the peak memory of the child for a tenth and for all of them."""
    for lines in (LINES // 10, LINES):
        body = b"".join(
            json.dumps({"id": number, **row}, ensure_ascii=False).encode() + b"\n"
            for number, row in zip(range(lines), itertools.cycle(rows), strict=False)
        )
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", command], input=body, capture_output=True, check=True)
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.stdout.count(b"\n") == lines
        print(f"{command}: {lines:,} lines, {lines / (usage.ru_utime - before):,.0f} a second of CPU, peak {usage.ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Print everything."""
    quality()
    hostile()
    stream("redact", [{"text": text.text} for name in SETS for text in texts(f"masks_{name}")])


if __name__ == "__main__":
    main()
