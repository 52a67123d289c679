"""Where the shapes of a map stand on the page: the whole, and beside it what would be too small to press, enlarged. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from feedback.shapes.drawing import Box, Drawn

#: The drawing's own units: so wide, and at most so high.
WIDTH, HEIGHT, GAP = 1000, 1050, 24
#: A shape in which no circle this wide fits is pressed in the enlarged part; that shows at most this part of the map's width.
SMALL, ENLARGED = 30, 0.45
#: A letter's width and a line's height of a label, and how many times larger both are on a telephone.
LETTER, LINE, TELEPHONE = 14, 27, 1.6


@dataclass(frozen=True)
class Panel:
    """One picture of the map: where it stands, what it shows, how grid and page are related."""

    top: int
    height: int
    view: Box
    scale: float

    @property
    def left(self) -> float:
        """What is narrower than the page stands in its middle."""
        return (WIDTH - (self.view[2] - self.view[0]) * self.scale) / 2

    @property
    def transform(self) -> str:
        """From the grid to the page."""
        return f"translate({self.left:.1f} {self.top}) scale({self.scale:.6g}) translate({-self.view[0]} {-self.view[1]})"

    @property
    def view_box(self) -> str:
        """The part of the grid that is shown."""
        west, north, east, south = self.view
        return f"{west} {north} {east - west} {south - north}"

    def at(self, x: int, y: int) -> tuple[int, int]:
        """A point of the grid on the page."""
        return round(self.left + (x - self.view[0]) * self.scale), round(self.top + (y - self.view[1]) * self.scale)


@dataclass(frozen=True)
class Label:
    """Words in a shape: where, which lines, and whether there is room for them on a telephone too."""

    x: int
    y: int
    lines: Sequence[str]
    everywhere: bool


@dataclass(frozen=True)
class Placed:
    """A shape on the page: its data, and in which of the panels it is pressed."""

    path: str
    panel: int
    label: Label | None


@dataclass(frozen=True)
class Layout:
    """The whole drawing."""

    height: int
    panels: Sequence[Panel]
    shapes: Mapping[int, Placed]
    frames: Sequence[Box]


def laid_out(shapes: Mapping[int, Drawn], labels: Mapping[int, Sequence[str]], frames: Sequence[Box]) -> Layout:
    """Panels, and every shape with its label where there is room. At least one shape."""
    first = _panel([one.box for one in shapes.values()], 0)
    small = _crowd({key: one for key, one in shapes.items() if 2 * one.radius * first.scale < SMALL}, first)
    panels = [first]
    if small:
        panels.append(_panel([shapes[key].box for key in small], first.height + GAP))
    placed = {}
    for key, one in shapes.items():
        number = int(key in small)
        placed[key] = Placed(one.path, number, _label(one, labels.get(key, ()), panels[number]))
    return Layout(panels[-1].top + panels[-1].height, panels, placed, frames)


def _panel(boxes: Sequence[Box], top: int) -> Panel:
    wests, norths, easts, souths = zip(*boxes, strict=True)
    west, north, east, south = min(wests), min(norths), max(easts), max(souths)
    edge = max(2, (east - west) // 60, (south - north) // 60)
    view = west - edge, north - edge, east + edge, south + edge
    scale = min(WIDTH / (view[2] - view[0]), HEIGHT / (view[3] - view[1]))
    return Panel(top, round((view[3] - view[1]) * scale), view, scale)


def _crowd(small: Mapping[int, Drawn], first: Panel) -> set[int]:
    """Small shapes that lie together; what lies too far from their middle stays where it is. Fewer than three need no picture."""
    left, most = dict(small), (first.view[2] - first.view[0]) * ENLARGED
    while len(left) > 2:
        boxes = [one.box for one in left.values()]
        if (
            max(box[2] for box in boxes) - min(box[0] for box in boxes) <= most
            and max(box[3] for box in boxes) - min(box[1] for box in boxes) <= most
        ):
            return set(left)
        x, y = median(one.x for one in left.values()), median(one.y for one in left.values())
        left.pop(max(left, key=lambda key: (max(abs(left[key].x - x), abs(left[key].y - y)), key)))
    return set()


def _label(shape: Drawn, lines: Sequence[str], panel: Panel) -> Label | None:
    room, wanted = 2 * shape.radius * panel.scale, LETTER * max(map(len, lines), default=0)
    if not lines or room < max(wanted, LINE * len(lines)):
        return None
    return Label(*panel.at(shape.x, shape.y), lines, room >= TELEPHONE * max(wanted, LINE * len(lines)))
