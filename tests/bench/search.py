"""How fast search answers among a million cases: `python -m tests.bench.search [cases]`.

Each search is asked twice and the second answer is measured: the first one of a morning pays for reading the disk.
"""

from __future__ import annotations

import platform
import random
import sys
from collections import Counter

from sqlalchemy import text as sql

from analytics.classify.corpus import load_examples
from feedback.accounts.models import User
from feedback.cases.queries import Filter
from feedback.cases.reach import Reach
from feedback.cases.search import search
from feedback.db import db
from feedback.text import fold
from tests.bench.many_cases import HEAD, actor_of, large_city, row, timed

SEARCHES = 40
ALL = (Reach.HELD, Reach.INCOMING, Reach.HELPED)


def kinds() -> dict[str, list[str]]:
    """What is searched for: references, words by how frequent they are, phrases with and without marks, words that never meet."""
    dice = random.Random(1)
    texts = [one.text for one in load_examples()]
    counted = Counter(word for text in texts for word in {part.strip(".,;:!?()\"'") for part in fold(text).split()} if word.isalpha())
    share = {word: number / len(texts) for word, number in counted.items()}
    bands = {"in more than 20 % of cases": (0.2, 1), "in 2 to 20 %": (0.02, 0.2), "in 0.1 to 2 %": (0.001, 0.02), "rarer": (0, 0.001)}
    found: dict[str, list[str]] = {}
    for name, (low, high) in bands.items():
        inside = sorted(word for word, number in share.items() if low <= number < high)
        found[f"word {name}"] = dice.sample(inside, min(SEARCHES, len(inside)))
    found["phrase of four words, without marks"] = [fold(_phrase(dice, texts, 4)) for _ in range(SEARCHES)]
    found["phrase of four words, with marks"] = [_phrase(dice, texts, 4) for _ in range(SEARCHES)]
    found["quoted phrase of three words"] = [f'"{fold(_phrase(dice, texts, 3))}"' for _ in range(SEARCHES)]
    frequent = sorted(w for w, s in share.items() if s > 0.1)
    found["two frequent words"] = [" ".join(dice.sample(frequent, 2)) for _ in range(SEARCHES)]
    found["a frequent and a rare word"] = [f"{dice.choice(frequent)} {word}" for word in found["word rarer"]]
    found["words that no case holds"] = [f"{dice.choice(frequent)} xylophon{n}" for n in range(SEARCHES)]
    return found


def _phrase(dice: random.Random, texts: list[str], length: int) -> str:
    words = dice.choice(texts).replace('"', " ").split()
    start = dice.randrange(max(len(words) - length, 1))
    return " ".join(words[start : start + length])


def measure(user: User, wanted: dict[str, list[str]], reaches: tuple[Reach, ...]) -> None:
    """One table."""
    actor = actor_of(user)
    for name, searches in wanted.items():
        times = []
        for words in searches:
            search(actor, Filter(words=words, reaches=reaches))
            times.append(timed(lambda words=words: search(actor, Filter(words=words, reaches=reaches))))  # type: ignore[misc]
            db.session.rollback()
        print(row(name, times), flush=True)


def main() -> None:
    """Fill the scratch city and print a table for each reader."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with large_city(many) as (_app, people):
        print(f"{platform.machine()}, PostgreSQL {db.session.scalar(sql('SHOW server_version'))}; milliseconds")
        dice = random.Random(2)
        keys = [dice.randrange(1, many) for _ in range(SEARCHES)]
        references = db.session.execute(sql("SELECT reference FROM cases WHERE id = ANY(:keys)"), {"keys": keys}).scalars().all()
        wanted = {"reference": list(references), **kinds()}
        for title, user, reaches in [
            ("leadership, whole city", people.leader, ()),
            ("largest agency", people.largest, ALL),
            ("middling agency", people.middling, ALL),
        ]:
            print(f"\n{title}\n{HEAD}")
            measure(user, wanted, reaches)


if __name__ == "__main__":
    main()
