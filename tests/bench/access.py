"""What the policies cost: pages with and without them, turn by turn: `python -m tests.bench.access [cases]`.

Whole requests are measured, from the cookie to the last byte. "Without" works as the owner of the tables, whom no policy binds.
"""

from __future__ import annotations

import statistics
import sys
from contextlib import nullcontext
from functools import partial
from unittest.mock import patch

from feedback import acting
from feedback.db import db
from tests.bench.inbox import opened, signed_in
from tests.bench.many_cases import large_city, timed

ROUNDS = 30
AGENCY_PAGES = {
    "open work": "/can-bo/ho-so",
    "everything": "/can-bo/ho-so?the=tat-ca",
    "co-handled": "/can-bo/ho-so?the=phoi-hop",
    "search, frequent words": "/can-bo/ho-so?tim=rac+thai",
    "search, with marks": "/can-bo/ho-so?tim=rác+thải",
    "search, a rare word": "/can-bo/ho-so?tim=xylophon",
    "no such case": "/can-bo/ho-so/0000000000000000",
}
LEADERS_PAGES = {"overview": "/dieu-hanh/", "transit": "/dieu-hanh/luan-chuyen", "list of the open": "/dieu-hanh/ho-so/chua-tra-loi"}


def main() -> None:
    """Fill the scratch city and print a line for each page and reader."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with large_city(many) as (app, people):
        print(f"{'median milliseconds':<42}{'without':>9}{'with':>9}")
        for title, user, pages in [
            ("largest agency", people.largest, AGENCY_PAGES),
            ("middling agency", people.middling, AGENCY_PAGES),
            ("leadership", people.leader, LEADERS_PAGES),
        ]:
            client = signed_in(app, user)
            for name, address in pages.items():
                times: dict[bool, list[float]] = {False: [], True: []}
                for turn in range(2 * ROUNDS + 2):
                    walls = bool(turn % 2)
                    with nullcontext() if walls else patch.object(acting, "act_for", lambda _party: None):
                        times[walls].append(timed(partial(opened, client, address, 404 if name == "no such case" else 200))[0])
                without, bound = (statistics.median(times[walls][1:]) for walls in (False, True))
                print(f"{title + ': ' + name:<42}{without:>9.1f}{bound:>9.1f}", flush=True)
        db.session.rollback()


if __name__ == "__main__":
    main()
