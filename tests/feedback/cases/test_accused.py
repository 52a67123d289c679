"""Whom a report accuses decides who may handle it: an oracle over trees of bodies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.accused import Competent, beneath, way

#: 0 the city's committee, 1 its office (where the leaders read), 2 the inspectorate; everything else hangs somewhere beneath 0.
COMMITTEE, OFFICE, INSPECTORATE = 0, 1, 2


@st.composite
def cities(draw: st.DrawFn) -> dict[int, int | None]:
    """A tree of bodies, each under one that came before it."""
    superiors: dict[int, int | None] = {COMMITTEE: None, OFFICE: COMMITTEE, INSPECTORATE: COMMITTEE}
    for body in range(3, draw(st.integers(3, 12))):
        superiors[body] = draw(st.integers(0, body - 1))
    return superiors


def is_under(body: int, above: int, superiors: dict[int, int | None]) -> bool:
    """Walk up from a body: is `above` on the way? Slow and plain, unlike the rule it checks."""
    at: int | None = body
    while at is not None and at != above:
        at = superiors[at]
    return at == above


@given(cities(), st.data())
def test_the_accused_and_all_beneath_never_handle(superiors: dict[int, int | None], data: st.DataObject) -> None:
    accused = data.draw(st.sets(st.sampled_from(sorted(superiors)), max_size=3))
    found = way(accused, superiors, INSPECTORATE, OFFICE)
    under = {body for body in superiors if any(is_under(body, above, superiors) for above in accused)}
    assert found.excluded - {INSPECTORATE} == under - {INSPECTORATE}
    assert (INSPECTORATE in found.excluded) == (INSPECTORATE in accused)
    match found.competent:
        case Competent.INSPECTORATE:
            assert INSPECTORATE not in under
        case Competent.LEADERSHIP:
            assert INSPECTORATE in accused
            assert OFFICE not in under
        case Competent.HIGHER:
            assert COMMITTEE in accused
            assert INSPECTORATE not in accused
        case Competent.NOBODY:
            assert {INSPECTORATE, OFFICE} <= under


def test_a_body_that_is_not_in_the_city_any_more_excludes_itself() -> None:
    assert beneath(99, {1: None}) == {99}
    assert way([], {2: None}, 2, 1).competent is Competent.INSPECTORATE
