"""What the desk's pages share: the blueprint, and which part of the queue the officer is working through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from feedback.text import excerpt

blueprint = Blueprint("desk", __name__, url_prefix="/can-bo")
blueprint.add_app_template_filter(excerpt)
#: What the queue may be narrowed by, as it stands in addresses.
FILTERS = ("linh-vuc", "chac", "kenh", "phuong", "tim")


def chosen_in(address: Mapping[str, str]) -> dict[str, Any]:
    """The filters that stand in an address."""
    return {name: value for name in FILTERS if (value := address.get(name, "").strip()[:200])}
