"""Which numbers of a table must be hidden so that none of the small ones can be read or worked out. Pure.

A table is a graph: each number is an arc, and at every node what comes in goes out, as the sums of a table demand. A hidden number can
be moved up or down only along a circle of hidden numbers, so how far it can be moved is the greatest flow through them (hypercubes
and network flows of the literature, docs/OPEN_DATA.md). Numbers are hidden until each hidden one can be moved far enough.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import log

#: Numbers from one to below this are hidden; and between the least and the greatest value that a hidden number may have, as far as
#: anybody can work out, lies at least as much.
FEWEST = 5
#: More than any count.
_NO_END = 1 << 60
Cell = Hashable
Node = Hashable
#: Numbers that add up on their own, such as those on time and those late; the number they make together is known when they are.
Layer = Mapping[Cell, int]
_Ways = defaultdict[Node, list[tuple[Cell, Node, int]]]
TOP, BOTTOM = "top", "bottom"


def small(number: int) -> bool:
    """Whether a number is hidden for its own sake. None at all is no secret: it is nobody's."""
    return 0 < number < FEWEST


@dataclass(frozen=True)
class Table:
    """Numbers as arcs from node to node. The arc that closes the circle, the total, is shown and no part of it."""

    arcs: Mapping[Cell, tuple[Node, Node]]
    #: What a number is the sum of, in this table; hidden together with it.
    beneath: Mapping[Cell, Collection[Cell]] = field(default_factory=dict)


def listed(cells: Collection[Cell]) -> Table:
    """Numbers that add up to a total that is shown."""
    return Table(dict.fromkeys(cells, (TOP, BOTTOM)))


def crossed(rows: Collection[Cell], columns: Collection[Cell]) -> Table:
    """Rows by columns, with the sums of each: the cells are a row, a column, or the pair of both. The grand total is shown."""
    arcs: dict[Cell, tuple[Node, Node]] = {row: (TOP, ("row", row)) for row in rows}
    arcs |= {column: (("column", column), BOTTOM) for column in columns}
    arcs |= {(row, column): (("row", row), ("column", column)) for row in rows for column in columns}
    beneath: dict[Cell, Collection[Cell]] = {row: [(row, column) for column in columns] for row in rows}
    return Table(arcs, beneath | {column: [(row, column) for row in rows] for column in columns})


@dataclass(frozen=True)
class Known:
    """What is known of a table besides its sums."""

    #: The numbers of these cells are at least so large (1 where nothing is said: a nought would be shown), or at most.
    least: Mapping[Cell, int] = field(default_factory=dict)
    most: Mapping[Cell, int] = field(default_factory=dict)
    #: Hidden because of another table; nobody knows whether they are nought.
    forced: Collection[Cell] = ()
    #: Hidden in an earlier edition, and taken to be known to differ in nothing: what is hidden since must not lean on them.
    held: Collection[Cell] = ()


def guarded_of(numbers: Sequence[int], guarded: int) -> list[int]:
    """Which layers of a cell must not be known: the guarded ones that are not nought; when all of them are, the others are the whole."""
    found = [at for at, number in enumerate(numbers) if number]
    return [at for at in found if at < guarded] or found


def few(numbers: Sequence[int], guarded: int) -> bool:
    """Whether a cell with these numbers, one a layer, is hidden for its own sake."""
    return any(small(numbers[at]) for at in guarded_of(numbers, guarded))


def hidden(table: Table, layers: Sequence[Layer], known: Known | None = None, guarded: int | None = None) -> frozenset[Cell]:
    """The cells whose numbers are hidden, in all layers.

    What they make together and the first `guarded` layers (all of them where nothing is said) are kept from being worked out.
    """
    return frozenset(_Search(table, layers, known or Known(), len(layers) if guarded is None else guarded).run())


class _Search:
    """Hides until everything hidden can be moved far enough; what is enough once stays enough, as more is hidden."""

    def __init__(self, table: Table, layers: Sequence[Layer], known: Known, guarded: int) -> None:
        self.table, self.layers, self.known, self.guarded = table, layers, known, guarded
        self.held = frozenset(known.held)
        self.total = {cell: sum(layer[cell] for layer in layers) for cell in table.arcs}
        #: Hidden; of those the ones that may be nought for all that anybody knows.
        self.away: set[Cell] = set()
        self.open: set[Cell] = set()
        self.waiting: deque[Cell] = deque()
        #: Where one can go from a node: over any cell, and over hidden ones.
        self.near: _Ways = defaultdict(list)
        self.paths: _Ways = defaultdict(list)
        for cell in table.arcs:
            self._join(self.near, cell)

    def run(self) -> set[Cell]:
        for cell in self.known.forced:
            self._hide(cell, bare=True)
        for cell in self.table.arcs:
            if cell in self.held or few([layer[cell] for layer in self.layers], self.guarded):
                self._hide(cell)
        while self.waiting:
            cell = self.waiting.popleft()
            for at in guarded_of([layer[cell] for layer in self.layers], self.guarded):
                layer = self.layers[at]
                while self._width(cell, layer) < FEWEST:
                    if not self._hide_more(cell, layer):
                        return set(self.table.arcs)
        return self.away

    def _hide(self, cell: Cell, *, bare: bool = False) -> None:
        """Hide a number and what it is the sum of; `bare`: without a hint that it is not nought."""
        if bare:
            self.open.add(cell)
        if cell not in self.away:
            self.away.add(cell)
            self._join(self.paths, cell)
            self.waiting.append(cell)
            for part in self.table.beneath.get(cell, ()):
                self._hide(part, bare=True)

    def _join(self, ways: _Ways, cell: Cell) -> None:
        tail, head = self.table.arcs[cell]
        ways[tail].append((cell, head, 1))
        ways[head].append((cell, tail, -1))

    def _room(self, layer: Layer, cell: Cell, sign: int, moved: Mapping[Cell, int]) -> int:
        """How far a number can go up or down by itself, the other layers standing still."""
        here, others = layer[cell] + moved[cell], self.total[cell] - layer[cell]
        if sign > 0:
            return self.known.most.get(cell, _NO_END) - others - here
        least = 0 if cell in self.open else self.known.least.get(cell, 1)
        return here - max(0, least - others)

    def _width(self, cell: Cell, layer: Layer) -> int:
        tail, head = self.table.arcs[cell]
        down, _ = self._flow(cell, layer, tail, head, min(FEWEST, self._room(layer, cell, -1, Counter())))
        up, _ = self._flow(cell, layer, head, tail, min(FEWEST - down, self._room(layer, cell, 1, Counter())))
        return down + up

    def _flow(self, cell: Cell, layer: Layer, start: Node, goal: Node, limit: int) -> tuple[int, Counter[Cell]]:
        """How much of `limit` goes from one node to another through other hidden cells, and what it moves."""
        moved: Counter[Cell] = Counter()
        sent = 0
        while sent < limit and (path := self._path(cell, layer, start, goal, moved)):
            step = min(limit - sent, *(self._room(layer, one, sign, moved) for one, sign in path))
            for one, sign in path:
                moved[one] += sign * step
            sent += step
        return sent, moved

    def _steps(self, ways: _Ways, node: Node, cell: Cell) -> Iterator[tuple[Cell, Node, int]]:
        """Where a circle through a cell may go on from a node; see `Known.held`."""
        for step in ways[node]:
            if step[0] != cell and (cell in self.held or step[0] not in self.held):
                yield step

    def _path(self, cell: Cell, layer: Layer, start: Node, goal: Node, moved: Mapping[Cell, int]) -> list[tuple[Cell, int]]:
        """A shortest way through hidden cells that can still be moved; empty when there is none."""
        came: dict[Node, tuple[Node, Cell, int]] = {}
        queue = deque([start])
        while queue and goal not in came:
            node = queue.popleft()
            for one, other, sign in self._steps(self.paths, node, cell):
                if other != start and other not in came and self._room(layer, one, sign, moved) > 0:
                    came[other] = node, one, sign
                    queue.append(other)
        return _walked(came, start, goal)

    def _hide_more(self, cell: Cell, layer: Layer) -> bool:
        """Hide what makes one more circle through a cell, as little as possible; False when nothing does."""
        tail, head = self.table.arcs[cell]
        ways = []
        for sign, start, goal in ((1, head, tail), (-1, tail, head)):
            room = min(FEWEST, self._room(layer, cell, sign, Counter()))
            sent, moved = self._flow(cell, layer, start, goal, room)
            ways.append((start, goal, moved, sent, room - sent))
        for need in (FEWEST - sum(way[3] for way in ways), 1):
            found = [self._cheapest(cell, layer, *way[:3], need) for way in ways if way[4] >= need]
            if best := min(filter(None, found), key=lambda one: one[0], default=None):
                for one, _sign in best[1]:
                    self._hide(one)
                return True
        return False

    def _cheapest(
        self, cell: Cell, layer: Layer, start: Node, goal: Node, moved: Mapping[Cell, int], need: int
    ) -> tuple[float, list[tuple[Cell, int]]] | None:
        """The way that hides least, over shown cells as well, each of which can be moved by `need` (E. W. Dijkstra, 1959)."""
        came: dict[Node, tuple[Node, Cell, int]] = {}
        cost: dict[Node, float] = {start: 0.0}
        done: set[Node] = set()
        order = count()
        queue = [(0.0, next(order), start)]
        while queue:
            so_far, _, node = heapq.heappop(queue)
            if node == goal:
                return so_far, _walked(came, start, goal)
            if node in done:
                continue
            done.add(node)
            for one, other, sign in self._steps(self.near, node, cell):
                if not self._can_serve(layer, one, sign, moved, need):
                    continue
                price = so_far + self._price(one)
                if price < cost.get(other, float("inf")):
                    cost[other], came[other] = price, (node, one, sign)
                    heapq.heappush(queue, (price, next(order), other))
        return None

    def _can_serve(self, layer: Layer, cell: Cell, sign: int, moved: Mapping[Cell, int], need: int) -> bool:
        """Whether a cell is hidden or may be, and can be moved. A nought is never hidden for others: that is known."""
        return (cell in self.away or self.total[cell] > 0) and self._room(layer, cell, sign, moved) >= need

    def _price(self, cell: Cell) -> float:
        """What is lost by hiding a cell: large numbers tell more, and sums take their parts with them."""
        if cell in self.away:
            return 0.001
        parts = sum(1 + log(1 + self.total[part]) for part in self.table.beneath.get(cell, ()) if part not in self.away)
        return 1 + log(1 + self.total[cell]) + parts


def _walked(came: Mapping[Node, tuple[Node, Cell, int]], start: Node, goal: Node) -> list[tuple[Cell, int]]:
    """The cells on the way that was found, each with its direction; empty when there is none."""
    path: list[tuple[Cell, int]] = []
    node = goal
    while node in came and (node != start or not path):
        node, cell, sign = came[node]
        path.append((cell, sign))
    return path if node == start else []
