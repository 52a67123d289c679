"""Places to fill in, changes between versions, the file of prepared answers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.answers.changes import Kind, changes
from feedback.answers.library import DATA, FILE, read_templates
from feedback.answers.places import places, put_above
from feedback.city.reading import CityDataError

WORDS = st.lists(st.sampled_from(["đã", "sửa", "đường", "ngày", "5", "\n", " "]), max_size=40).map(" ".join)
HEAD = "code,category_code,outcome,title,text,legal_reference,position\n"


@given(WORDS, WORDS)
def test_the_pieces_give_both_versions_back(old: str, new: str) -> None:
    pieces = changes(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.INSERTED) == old
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.DELETED) == new


def test_only_what_changed_is_marked() -> None:
    marked = [
        (piece.kind, piece.text) for piece in changes("Đã sửa đường hôm qua.", "Đã sửa đường hôm nay.") if piece.kind is not Kind.KEPT
    ]
    assert marked == [(Kind.DELETED, "qua."), (Kind.INSERTED, "nay.")]


def test_every_place_is_named_once_in_order() -> None:
    assert places("Ngày [[ngày kiểm tra]] tại [[ nơi ]], [[ngày kiểm tra]].") == ["ngày kiểm tra", "nơi"]
    assert places("Điều [1] và [2]") == []
    assert places("Ngày [[ngày kiểm tra]") == ["[["]


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_typed_is_lost_under_a_prepared_text(prepared: str, typed: str) -> None:
    both = put_above(prepared, typed)
    assert both.startswith(prepared.strip())
    assert both.endswith(typed.strip())


def test_our_own_file_is_in_order() -> None:
    rows = read_templates(frozenset(row.category for row in read_all() if row.category))
    assert len(rows) >= 30
    assert all(len(row.text) > 80 for row in rows)


def read_all():  # type: ignore[no-untyped-def]
    from feedback.city.kinds import UnitSet
    from feedback.city.reading import Reader

    codes = frozenset(row.code for row in Reader().city(UnitSet.Y2025).categories.rows)
    return read_templates(codes)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("a,nowhere,solved,T,Một,,1", "which is no field"),
        ("a,,perhaps,T,Một,,1", "outcome is 'perhaps'"),
        ("a,,solved,T,Ngày [[ngày kiểm tra],,1", "brackets without a partner"),
        ("a,,solved,,Một,,1", "title is empty"),
        ("A B,,solved,T,Một,,1", "form of a code"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    (tmp_path / FILE).write_text(f"{HEAD}good,,solved,T,Được,,1\n{line}\n", encoding="utf-8")
    with pytest.raises(CityDataError, match=r"templates\.csv:3: ") as caught:
        read_templates(frozenset({"health"}), tmp_path)
    assert complaint in str(caught.value)


def test_a_code_used_twice_is_named(tmp_path: Path) -> None:
    shutil.copy(DATA / FILE, tmp_path)
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write("all_solved,,solved,T,Một,,1\n")
    with pytest.raises(CityDataError, match="the same key"):
        read_templates(frozenset(row.category for row in read_all() if row.category), tmp_path)
