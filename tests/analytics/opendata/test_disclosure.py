"""Random small tables: nothing hidden can be worked out by whoever solves all their sums together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.opendata.disclosure import BOTTOM, FEWEST, TOP, Cell, Known, Layer, Table, crossed, few, hidden, listed, small
from tests.analytics.opendata.attacker import System

NUMBERS = st.one_of(st.just(0), st.integers(1, 6), st.integers(1, 40))


def attack(
    table: Table, layers: Sequence[Layer], away: frozenset[Cell], known: Known | None = None, *, held: bool = False, guarded: int = 2
) -> Mapping[object, object]:
    """What is enclosed of the hidden numbers. The total is known; what is hidden with what it is a part of may be nought."""
    known = known or Known()
    system = System()
    beneath = {part for cell in away for part in table.beneath.get(cell, ())} | set(known.forced)
    bare = set(table.arcs) if away == set(table.arcs) else beneath
    fixed = set(known.held) if held else set()
    for cell in away - fixed:
        for at in range(len(layers)):
            system.unknown((cell, at))
        system.unknown((cell, "whole"), 0 if cell in bare else known.least.get(cell, 1), known.most.get(cell, 10**6))
        system.says({(cell, "whole"): -1, **{(cell, at): 1 for at in range(len(layers))}}, 0)
    for at, layer in enumerate(layers):
        for node in {node for arc in table.arcs.values() for node in arc}:
            parts: dict[object, int] = {}
            balance = 0
            for cell, (tail, head) in table.arcs.items():
                sign = (head == node) - (tail == node)
                if sign and cell in away - fixed:
                    parts[cell, at] = sign
                else:
                    balance -= sign * layer[cell]
            total = sum(layer[cell] for cell, (tail, _head) in table.arcs.items() if tail == TOP)
            system.says(parts, balance + (node == BOTTOM) * total - (node == TOP) * total)
    secret: list[object] = [(cell, "whole") for cell in away - fixed if any(layer[cell] for layer in layers)]
    secret += [(cell, at) for cell in away - fixed for at, layer in enumerate(layers[:guarded]) if layer[cell]]
    return system.enclosed(secret, FEWEST)


@st.composite
def lists(draw: st.DrawFn) -> tuple[Table, list[Layer]]:
    cells = list(range(draw(st.integers(2, 7))))
    layers = [{cell: draw(NUMBERS) for cell in cells} for _ in range(draw(st.integers(1, 2)))]
    return listed(cells), layers


@st.composite
def grids(draw: st.DrawFn) -> tuple[Table, list[Layer]]:
    rows, columns = [f"r{n}" for n in range(draw(st.integers(2, 5)))], [f"c{n}" for n in range(draw(st.integers(2, 5)))]
    layers = []
    for _ in range(draw(st.integers(1, 2))):
        layer: dict[Cell, int] = {(row, column): draw(NUMBERS) for row in rows for column in columns}
        layer |= {row: sum(layer[row, column] for column in columns) for row in rows}
        layers.append(layer | {column: sum(layer[row, column] for row in rows) for column in columns})
    return crossed(rows, columns), layers


def totals(table: Table, layers: Sequence[Layer]) -> list[int]:
    return [sum(layer[cell] for cell, (tail, _head) in table.arcs.items() if tail == TOP) for layer in layers]


@settings(max_examples=60)
@given(st.one_of(lists(), grids()), st.integers(1, 2))
def test_no_hidden_number_is_enclosed(made: tuple[Table, list[Layer]], guarded: int) -> None:
    table, layers = made
    if few(totals(table, layers), guarded):
        return  # such a table is not published at all
    away = hidden(table, layers, guarded=guarded)
    assert {cell for cell in table.arcs if small(layers[0][cell]) or small(sum(layer[cell] for layer in layers))} <= away
    assert guarded == 1 or {cell for cell in table.arcs if small(layers[-1][cell])} <= away
    assert all(part in away for cell in away for part in table.beneath.get(cell, ()))
    assert attack(table, layers, away, guarded=guarded) == {}


@settings(max_examples=30)
@given(st.one_of(lists(), grids()), st.data())
def test_bounds_from_another_table_help_nobody(made: tuple[Table, list[Layer]], data: st.DataObject) -> None:
    table, layers = made
    total = {cell: sum(layer[cell] for layer in layers) for cell in table.arcs}
    known = Known(
        least={cell: max(1, number - data.draw(st.integers(0, 3))) for cell, number in total.items() if number},
        most={cell: number + data.draw(st.integers(0, 3)) for cell, number in total.items()},
        forced=data.draw(st.sets(st.sampled_from(sorted(table.arcs, key=str)), max_size=2)),
    )
    if any(map(small, totals(table, layers))):
        return
    away = hidden(table, layers, known)
    if away != set(table.arcs):
        assert attack(table, layers, away, known) == {}


@settings(max_examples=30)
@given(st.one_of(lists(), grids()), st.data())
def test_what_is_newly_hidden_does_not_lean_on_what_was_hidden_before(made: tuple[Table, list[Layer]], data: st.DataObject) -> None:
    """Whoever knows every number that was hidden in an earlier edition still cannot tell the new ones."""
    table, layers = made
    held = data.draw(st.sets(st.sampled_from(sorted(table.arcs, key=str)), max_size=4))
    if any(map(small, totals(table, layers))):
        return
    away = hidden(table, layers, Known(held=held))
    assert set(held) <= away
    if away != set(table.arcs):
        new = away - set(held) - {part for cell in held for part in table.beneath.get(cell, ())}
        enclosed = attack(table, layers, away, Known(held=held), held=True)
        assert not any(cell in new for cell, _at in enclosed)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        # Nothing is small: nothing is hidden. Noughts are shown.
        ([0, 5, 12, 0, 80], [0, 5, 12, 0, 80]),
        # One small number alone would follow from the total: the smallest other that will do goes with it.
        ([3, 0, 9, 12, 80], [None, 0, None, 12, 80]),
        # Two small ones that make less than six together leave too little room.
        ([1, 2, 9, 80], [None, None, None, 80]),
        ([4, 4, 9, 80], [None, None, 9, 80]),
        # Nothing to hide behind: the whole list goes, its noughts as well.
        ([2, 3, 0, 0], [None, None, None, None]),
    ],
)
def test_what_a_reader_sees_of_a_list(numbers: list[int], shown: list[int | None]) -> None:
    away = hidden(listed(range(len(numbers))), [dict(enumerate(numbers))])
    assert [None if cell in away else number for cell, number in enumerate(numbers)] == shown


def test_one_small_number_of_a_grid_takes_a_rectangle_with_it() -> None:
    grid = {
        ("a", "x"): 3,
        ("a", "y"): 20,
        ("a", "z"): 30,
        ("b", "x"): 40,
        ("b", "y"): 15,
        ("b", "z"): 60,
        ("c", "x"): 9,
        ("c", "y"): 10,
        ("c", "z"): 70,
    }
    sums = {row: sum(number for cell, number in grid.items() if row in cell) for row in "abcxyz"}
    assert hidden(crossed("abc", "xyz"), [grid | sums]) == {("a", "x"), ("a", "y"), ("c", "x"), ("c", "y")}


def test_a_few_discontented_hide_the_many_contented() -> None:
    """Of fifty who gave points two were not content: a subtraction would tell. Lateness is the office's own, and may be told of two."""
    good, bad = {"a": 48, "b": 30, "c": 70}, {"a": 2, "b": 9, "c": 20}
    assert hidden(listed("abc"), [good, bad]) == {"a", "b"}
    assert hidden(listed("abc"), [good, bad], guarded=1) == set()
    assert hidden(listed("abc"), [{"a": 2, "b": 9, "c": 20}, good], guarded=1) == {"a", "b"}
    assert hidden(listed("abc"), [{"a": 0, "b": 9, "c": 20}, {"a": 3, "b": 0, "c": 9}], guarded=1) == {"a", "c"}
