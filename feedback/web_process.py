"""What each process of the web server does once its application is made; gunicorn calls these by their names."""

from __future__ import annotations

import gc
import threading
from typing import Any

from flask import Flask

from feedback.patience import is_outage

#: A page makes thousands of objects, leaves hardly a circle of them behind, and its session ends with it: circles are looked for seldom.
#: Here only: a job that commits often would carry what was not collected through each commit.
OBJECTS_BEFORE_A_LOOK = 10_000


def post_worker_init(worker: Any) -> threading.Thread:
    """Look for garbage seldom from now on, and fetch what pages would wait for, beside the requests: it holds nobody's page back."""
    gc.set_threshold(OBJECTS_BEFORE_A_LOOK, *gc.get_threshold()[1:])
    thread = threading.Thread(target=_warm_up, args=(worker.wsgi,), name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm_up(app: Flask) -> None:
    for act in app.extensions.get("warm_up", ()):
        try:
            with app.app_context():
                act()
        except Exception as error:
            # Whatever stands in the way now may be gone when somebody opens the page, which fetches it then.
            app.logger.warning("Nothing was fetched beforehand: %s", type(error).__name__, exc_info=not is_outage(error))
