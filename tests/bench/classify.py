"""How fast texts are read, one process on one core, and whether memory grows: `python -m tests.bench.classify`."""

from __future__ import annotations

import statistics
import time

from analytics.classify import artefact
from analytics.classify.corpus import load_examples
from analytics.classify.model import Model
from tests.bench.redact import stream

ROUNDS = 3
HOSTILE = {
    "a.a.a…@, 100,000 characters": "a." * 50_000 + "@",
    "one word of 100,000 characters": "x" * 100_000,
    "100,000 zero-width characters": "\u200b" * 100_000,
    "100,000 emoji": "😀" * 100_000,
    "20,000 times fire": "cháy " * 20_000,
    "Japanese": "これは日本語です" * 12_500,
    "nothing": "",
}


def seconds(model: Model, text: str) -> float:
    """Time of one answer, reasons included."""
    before = time.perf_counter()
    model.classify(text)
    return time.perf_counter() - before


def main() -> None:
    """Print texts a second over the corpus, the slow end of single answers, hostile texts, and the size on disk."""
    before = time.perf_counter()
    model = artefact.load()
    print(
        f"read from disk in {time.perf_counter() - before:.2f} s, {sum(f.stat().st_size for f in artefact.FOLDER.iterdir()) / 1e6:.1f} MB"
    )
    texts = [example.text for example in load_examples()]
    rates = []
    for _ in range(ROUNDS):
        started = time.process_time()
        times = sorted(seconds(model, text) for text in texts)
        rates.append(len(texts) / (time.process_time() - started))
        middle, slow = statistics.median(times) * 1000, times[int(0.99 * len(times))] * 1000
        print(f"median {middle:.2f} ms   99 % {slow:.2f} ms   {rates[-1]:,.0f}/s of CPU")
    for name, text in HOSTILE.items():
        print(f"{name:32} {seconds(model, text) * 1000:6.1f} ms")
    stream("classify", [{"text": text} for text in texts])


if __name__ == "__main__":
    main()
