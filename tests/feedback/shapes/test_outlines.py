"""Simpler outlines: nothing is lost, nothing is torn apart, whatever the map looks like."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.shapes.outlines import Outlines, Polygon, area_of, joined, tidy
from tests.feedback.shapes.drawn import Edge, cells, edges

SIZE = 100


def town(seed: int, wide: int, areas: int) -> dict[int, list[Polygon]]:
    """Areas of cells that belong to anybody: with islands, holes, areas within areas, four that meet in a point; borders are crooked."""
    rng = Random(seed)
    owners = {(x, y): rng.randrange(areas) for x in range(wide) for y in range(wide) if rng.random() < 0.9}
    bends: dict[Edge, list[tuple[int, int]]] = {}
    for x in range(wide + 1):
        for y in range(wide + 1):
            for dx, dy in ((1, 0), (0, 1)):
                steps = sorted(rng.sample(range(1, SIZE), rng.randrange(6)))
                off = [rng.randrange(-20, 21) for _ in steps]
                way = [(x * SIZE + dx * step + dy * by, y * SIZE + dy * step + dx * by) for step, by in zip(steps, off, strict=True)]
                bends[(x, y), (x + dx, y + dy)] = way
    found = cells(owners, SIZE, bends)
    return {key: [rings for polygon in polygons if (rings := [tidy(ring) for ring in polygon])[0]] for key, polygons in found.items()}


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5), st.sampled_from([0, 1, 10, 200, 3_000, 50_000, 10**9]))
def test_every_area_stays_and_borders_stay_common(seed: int, wide: int, areas: int, detail: float) -> None:
    before = town(seed, wide, areas)
    after = Outlines(before).at(detail)
    assert after.keys() == before.keys()
    was = edges(polygon for polygons in before.values() for polygon in polygons)
    lone = {point for edge, times in was.items() if times == 1 for point in edge}
    now = edges(polygon for polygons in after.values() for polygon in polygons)
    for edge, times in now.items():
        # What had two sides has two still. (Two borders between the same corners may have become one line, drawn so much oftener.)
        assert times % 2 == 0 or lone >= set(edge), (edge, times)
    for key, polygons in after.items():
        assert polygons, key
        points = {point for polygon in before[key] for ring in polygon for point in ring}
        for polygon in polygons:
            for ring in polygon:
                assert len(set(ring)) >= 3
                assert set(ring) <= points, "no point is invented"
    assert sum(now.values()) <= sum(was.values())


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5), st.sampled_from([0, 200, 3_000]))
def test_wards_together_are_their_district(seed: int, wide: int, areas: int, detail: float) -> None:
    """Joined rings have exactly the edges that have one side, and close."""
    drawn = Outlines(town(seed, wide, areas)).at(detail)
    polygons = [polygon for several in drawn.values() for polygon in several]
    whole = joined(ring for polygon in polygons for ring in polygon)
    assert edges([whole]) == {edge: 1 for edge, times in edges(polygons).items() if times % 2}
    assert whole == joined(ring[::-1] for polygon in reversed(polygons) for ring in polygon), "in whatever order they come"


def test_detail_goes_and_shape_stays() -> None:
    """A square with a bump of one unit on each side and a speck beside it, next to a neighbour of the same height."""
    rough = ((0, 0), (50, 1), (100, 0), (99, 50), (100, 100), (50, 101), (0, 100), (1, 50))
    neighbour = ((100, 0), (200, 0), (200, 100), (100, 100), (99, 50))
    speck = ((300, 300), (303, 300), (303, 303), (300, 303))
    outlines = Outlines({1: [[rough], [speck]], 2: [[neighbour]]})
    assert [[set(ring) for ring in polygon] for polygon in outlines.at(1)[1]] == [[set(rough)], [set(speck)]]
    simple = outlines.at(60)
    assert [[set(ring) for ring in polygon] for polygon in simple[1]] == [[{(0, 0), (100, 0), (100, 100), (0, 100)}]]
    assert set(simple[2][0][0]) == {(100, 0), (200, 0), (200, 100), (100, 100)}
    assert abs(area_of(Outlines({3: [[speck]]}).at(10**9)[3][0][0])) > 0, "what is all there is stays"


def test_tidy_takes_out_what_encloses_nothing() -> None:
    assert tidy([(0, 0), (0, 0), (5, 0), (5, 5), (9, 9), (5, 5), (0, 5), (0, 0)]) == ((0, 0), (5, 0), (5, 5), (0, 5))
    assert tidy([(3, 3), (0, 0), (5, 0), (5, 5), (0, 0)]) == ((0, 0), (5, 0), (5, 5)), "a spike at the seam"
    assert tidy([(0, 0), (5, 5), (9, 9), (2, 2)]) == ()
