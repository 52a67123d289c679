"""Number plates: cars 51F-123.45, motorcycles 59-X1 123.45, the older four digits, in any spacing. Pure.

A plate belongs to somebody, whoever drives. Classes (12A1), house numbers (51A Lê Lợi) and codes stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analytics.redact.cues import Cues

#: Province 11-99, series of one or two letters with a digit on motorcycles, then 3+2 or 4 digits.
_GAP = r"[ ._/-]{0,3}"
_PLATE = re.compile(
    rf"(?<![a-z0-9/.])(?P<province>[1-9]\d){_GAP}(?P<series>[a-hk-pr-vx-z]{{1,2}}[1-9]?|md[1-9])"
    rf"(?:{_GAP}(?P<five>\d{{3}}[ .,-]?\d{{2}})|[ .-]{{1,3}}(?P<four>\d{{4}}))(?![a-z0-9]|[/-]\d)"
)
_AFTER_CUE = re.compile(
    r"(?:bien so(?: xe)?|bien kiem soat|bks|bsx)(?: (?:duoi|la|so|cuoi)){0,3}:? (?P<tail>\d{3}\.?\d{2}|\d{4})(?![\d/]|\.\d)"
)
#: Temporary plates, the army's after a word for the plate, diplomats'.
_SPECIAL = re.compile(
    r"(?<![a-z0-9])(?:t[1-9]\d[ -]?\d{3}\.?\d{2}|[1-9]\d[ -]\d{3}[ -]?(?:ng|nn|qt)[ -]?\d{2})(?![a-z0-9])|"
    r"(?<=bien so |bien do )[a-z]{2}[ -]?\d{2}[ .-]\d{2}(?![a-z0-9])"
)
_VEHICLE = re.compile(r"\b(?:xe|chiec|o to|oto|taxi|moto|mo to|container|bien|bks|bs|tai xe|chay|dau|bus|buyt)\b")
_NOT_PLATE = re.compile(r"\b(?:lop|khoi|phong|can ho|ma|(?<!o )to|lo|block|hem|nha|so nha|duong) ?$")
#: Classes of a school end with the twelfth.
_LAST_CLASS = 12
_FAR = 40
_NEAR = 12


def find_plates(plain: str, cues: Cues) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of every plate, positions in `plain`."""
    for match in _PLATE.finditer(plain):
        named = cues.before(match.start()) == "plate"
        if named or _is_plate(plain, match):
            yield "plate", *match.span()
    for match in _SPECIAL.finditer(plain):
        yield "plate", *match.span()
    for match in _AFTER_CUE.finditer(plain):
        yield "plate", *match.span("tail")


def _is_plate(plain: str, match: re.Match[str]) -> bool:
    """Five digits are enough alone; four want a vehicle nearby, for "12A1 2024" is a class and its year."""
    before = plain[max(0, match.start() - _FAR) : match.start()]
    if _NOT_PLATE.search(before[-_NEAR:]):
        return False
    if match["five"] and " " not in match["five"]:
        return True
    if match["series"][-1].isdigit() and int(match["province"]) > _LAST_CLASS:
        return True
    return bool(_VEHICLE.search(before)) or bool(_VEHICLE.search(plain, match.end(), match.end() + _FAR))
