"""Where shapes stand on the map: far islands, sums of wards, overlaps, labels, and how many bytes all of it may have."""

from __future__ import annotations

import re

import pytest

from feedback.shapes import drawing
from feedback.shapes.drawing import Drawn, box_of, degrees_of, draw, path_of
from feedback.shapes.layout import WIDTH, laid_out
from feedback.shapes.outlines import Point
from feedback.shapes.reading import DegreePolygon, Unreadable, Wrong, read
from tests.feedback.shapes.drawn import feature, file_of, square


def shape(x: float, y: float, half: float) -> list[DegreePolygon]:
    """One square as a file gives it."""
    return read(file_of([feature(square(x, y, half))])).features[0].polygons


def points_of(path: str) -> list[list[Point]]:
    """What a browser would draw of the data of a path."""
    rings = []
    for ring in path.removesuffix("z").split("z"):
        start, steps = (re.findall(r"-?\d+", part) for part in ring.removeprefix("M").split("l"))
        at = (int(start[0]), int(start[1]))
        points = [at]
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            at = (at[0] + int(dx), at[1] + int(dy))
            points.append(at)
        rings.append(points)
    return rings


def test_a_path_says_its_points_in_few_bytes() -> None:
    ring = ((100, -20), (105, -30), (104, 0), (104, 0), (90, 7))
    assert path_of([ring]) == "M100 -20l5-10-1 30-14 7z"
    assert points_of(path_of([ring, ring[:3]])) == [[(100, -20), (105, -30), (104, 0), (90, 7)], [(100, -20), (105, -30), (104, 0)]]


def test_north_is_up_and_east_is_right_and_wards_make_a_district() -> None:
    west, east, north = shape(106.60, 10.80, 0.01), shape(106.62, 10.80, 0.01), shape(106.60, 10.82, 0.01)
    found = draw({1: west, 2: east, 3: north}, [{1, 2, 3, 4}, {8, 9}], {8: [1, 2], 9: [3, 4]})
    one, two, three, both = (found.drawn[key] for key in (1, 2, 3, 8))
    assert one.box[2] == two.box[0], "they touch"
    assert three.box[3] == one.box[1]
    assert both.box == (one.box[0], one.box[1], two.box[2], two.box[3])
    assert len(points_of(both.path)[0]) < len(points_of(one.path)[0]) + len(points_of(two.path)[0]), "without the border between them"
    assert 9 not in found.drawn, "one of its wards has no shape"
    assert (found.frames, found.overlaps, list(found.outlines)) == ([], [], [1, 2, 3])
    assert (one.box[0] < one.x < one.box[2], one.box[1] < one.y < one.box[3], 80 < one.radius < 100) == (True, True, True)
    assert box_of(points_of(one.path)) == one.box  # type: ignore[arg-type]


def test_a_far_island_is_drawn_near_in_a_frame_and_stored_where_it_lies() -> None:
    shapes = {1: shape(106.7, 10.8, 0.3), 2: shape(106.6, 8.69, 0.05), 3: shape(107.2, 10.8, 0.1)}
    found = draw(shapes, [{1, 2, 3}], {})
    [(west, north, east, south)] = found.frames
    island, city = found.drawn[2], found.drawn[1]
    assert west < island.box[0] < island.box[2] < east
    assert city.box[3] < north < island.box[1] < island.box[3] < south
    assert south - city.box[3] < (city.box[3] - city.box[1]) / 2, "beside the city, not 200 km off"
    assert island.box[2] - island.box[0] == pytest.approx(1000 * drawing.NARROWER, abs=2), "at the same scale"
    [[[ring]]] = [degrees_of(found.outlines[2])]
    assert min(y for _x, y in ring) == 8.64
    assert ring[0] == ring[-1]


def test_shapes_that_overlap_are_told_and_neighbours_are_not() -> None:
    shapes = {1: shape(106.60, 10.8, 0.01), 2: shape(106.62, 10.8, 0.01), 3: shape(106.61, 10.8, 0.004), 4: shape(106.6, 10.8, 0.2)}
    assert draw(shapes, [{1, 2, 3}, {4}], {}).overlaps == [(1, 3), (2, 3)], "a district lies over its wards, and may"


def test_the_map_fits_its_bytes_or_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    crooked = [[106.5 + n / 1000, 10.8 + n % 2 / 500] for n in range(200)] + [[106.7, 10.7]]
    shapes = {1: read(file_of([feature(crooked)])).features[0].polygons}
    full = len(draw(shapes, [{1}], {}).drawn[1].path)
    monkeypatch.setattr(drawing, "MOST_BYTES", full // 4)
    assert 0 < len(draw(shapes, [{1}], {}).drawn[1].path) <= full // 4
    counts, placed = [], drawing._placed
    monkeypatch.setattr(drawing, "_placed", lambda areas: counts.append(len(areas[1])) or placed(areas))  # type: ignore[func-returns-value]
    islets = {1: [*shapes[1], *(polygon for n in range(300) for polygon in shape(106 + n / 200, 10, 0.001))]}
    assert len(draw(islets, [{1}], {}).drawn[1].path) <= full // 4
    assert max(counts) < 40, "islets that cannot stay are gone before each is compared with all others"
    monkeypatch.setattr(drawing, "MOST_BYTES", 5)
    with pytest.raises(Unreadable) as found:
        draw(shapes, [{1}], {})
    assert found.value.wrong is Wrong.TOO_DETAILED


def test_a_shape_smaller_than_the_grid_is_still_there() -> None:
    assert len(points_of(draw({1: shape(106.7, 10.8, 0.000001)}, [{1}], {}).drawn[1].path)[0]) == 4


def test_small_shapes_that_lie_together_are_enlarged_and_labels_stand_where_there_is_room() -> None:
    def at(x: int, y: int, half: int) -> Drawn:
        return Drawn("", (x - half, y - half, x + half, y + half), x, y, half)

    large, small = at(5_000, 5_000, 5_000), {n: at(3_000 + 100 * n, 3_000, 50) for n in range(2, 6)}
    island = at(9_900, 9_900, 40)
    labels = {1: ("Củ Chi", "93,5%"), **dict.fromkeys(small, ("Quận", "1%"))}
    found = laid_out({1: large, **small, 9: island}, labels, [])
    assert [found.shapes[key].panel for key in (1, 2, 5, 9)] == [0, 1, 1, 0], "an island alone far off is no crowd"
    assert found.panels[1].scale > 5 * found.panels[0].scale
    assert found.height == found.panels[1].top + found.panels[1].height
    words = found.shapes[1].label
    assert words is not None
    assert (words.everywhere, abs(words.x - WIDTH // 2) < 5) == (True, True)
    assert found.shapes[9].label is None
    [alone] = laid_out({1: large, 2: small[2], 3: small[3]}, labels, []).panels
    assert alone.top == 0, "two small ones need no picture"
