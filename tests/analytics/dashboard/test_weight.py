"""What a reader waits for before the page of the city is there: how much goes over the wire."""

from __future__ import annotations

import gzip
import html
import re
from datetime import timedelta

from feedback.config import ROOT
from tests.analytics.dashboard.town import NOON, Town

PAGE = "/dieu-hanh/?theo=co-quan&dong=tat-ca"
#: Bytes: page, style and the scripts every page needs; and with what draws the chart.
WITHOUT_CHARTS, WITH_CHARTS = 300_000, 800_000


def weight(address: str) -> int:
    """Bytes of a built file as a browser gets it that understands Brotli; fonts are compressed in themselves."""
    file = ROOT / "feedback/static/dist" / address.rpartition("/")[2]
    packed = file.with_name(file.name + ".br")
    return (packed if packed.exists() else file).stat().st_size


def test_the_first_view_of_the_city_is_light(town: Town) -> None:
    """With every part of the page there and every row of its longest table shown."""
    for ward in (town.ward, town.other_ward):
        town.live(NOON - timedelta(days=3), [("forward", timedelta(hours=1)), ("accept", timedelta(hours=1))], area_id=ward)
    page = town.office.browser(town.office.leader).get(PAGE).text
    files = set(re.findall(r'<(?:link|script|img)\b[^>]*(?:href|src)="([^"]+)"', page))
    drawing = {one for one in files if "/plotly." in one or "/charts." in one} | set(re.findall(r'data-source="([^"]+)"', page))
    assert {one.rpartition("/")[2].split(".")[0] for one in drawing} == {"plotly", "charts"}
    assert any("/app." in one and one.endswith(".css") for one in files)
    plain = len(gzip.compress(page.encode())) + sum(weight(html.unescape(one)) for one in files - drawing)
    assert plain <= WITHOUT_CHARTS
    assert plain + sum(weight(html.unescape(one)) for one in drawing) <= WITH_CHARTS
