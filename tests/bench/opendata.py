"""What publishing costs and how much it hides, on a demo city and a server of its own: `python -m tests.bench.opendata [cases]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from analytics.demo import services as demo
from analytics.opendata import queries, services
from analytics.opendata.tables import Family, Sheet
from analytics.rollup import services as rollup
from feedback import postgres
from feedback.acting import as_system
from feedback.cli import migrate_database
from feedback.config import DEMO_SECRET, Config, embedded_url
from feedback.db import db
from wsgi import create_app

T = TypeVar("T")
CASES = 20_000


def quiet(items: Sequence[T], _label: str) -> Iterable[T]:
    """Passes items through."""
    return items


def main() -> None:
    """Print the processor's seconds for a month, the size of pages and files, and how many rows of each table hide which numbers."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        config = Config(database_url=embedded_url(var), secret_key=DEMO_SECRET, var=var, demo=True, https=False, limits_url="memory://")
        app = create_app(config)
        with app.app_context(), postgres.running(config):
            migrate_database()
            demo.fill_city("2025", cases, 1, quiet)
            with as_system("bench"):
                rollup.rebuild()
                worked = time.process_time()
                months = services.freeze_closed()
                print(f"{len(months)} months, {(time.process_time() - worked) / len(months):.2f} s of the web process's processor for each")
            for path in ("/cong-khai/so-lieu", "/du-lieu-mo", "/du-lieu-mo/khu-vuc-linh-vuc.csv", "/du-lieu-mo/khu-vuc-linh-vuc.json"):
                print(f"{path:40} {len(app.test_client().get(path).data) / 1024:8,.0f} kB")
            _shares()
            db.session.remove()
            db.engine.dispose()


def _shares() -> None:
    rows, away = Counter[tuple[Sheet, Family]](), Counter[tuple[Sheet, Family]]()
    for release in queries.releases():
        for sheet, found in queries.tables_of(release).items():
            for family in (family for family in Family if sheet in family.sheets):
                rows[sheet, family] += len(found)
                away[sheet, family] += sum(family.read(row) is None for row in found)
    for sheet in Sheet:
        shares = [f"{family} {away[sheet, family] / rows[sheet, family]:.0%}" for family in Family if rows[sheet, family]]
        print(f"hidden in {sheet:20} {', '.join(shares)}")


if __name__ == "__main__":
    main()
