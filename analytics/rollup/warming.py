"""What a process of the web server reads and counts before somebody asks for it."""

from __future__ import annotations

from flask import current_app

from analytics.counts import Period
from analytics.rollup.days import FIRST_DAY
from analytics.rollup.queries import figures
from analytics.rollup.scope import Group, Scope
from feedback.acting import as_system
from feedback.db import now, work_on
from feedback.localtime import local_day
from feedback.replica.servers import pair_of

#: What pages of the whole city break it down by. Counted over all days it is known of every block that lies in some page's period.
USUAL = ((), (Group.DISTRICT,), (Group.AGENCY,), (Group.CATEGORY,), (Group.DISTRICT, Group.CATEGORY))


def warm_up() -> None:
    """Read the facts and count the city. Whoever asks meanwhile waits for this reading and starts none of his own."""
    pair = pair_of(current_app)
    work_on(replica=pair is not None and pair.serves())  # the server that the pages will ask
    with as_system("figures"):
        count_the_city()


def count_the_city() -> None:
    """Count what the pages of the whole city show, so that it is known of all blocks until their cases change."""
    moment = now()
    for groups in USUAL:
        figures(Period(FIRST_DAY, local_day(moment), moment), Scope(), groups)
