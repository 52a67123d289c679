"""Every move and every state has words for the sender, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale

from feedback.cases.words import BETWEEN_AGENCIES, MOVES, STANDINGS, STATES, Happening, story_line
from feedback.cases.workflow import MOVES as TABLE
from feedback.cases.workflow import Move, State, Who
from feedback.db import now

VIETNAMESE = set("ăâđêôơưĂÂĐÊÔƠƯạảấầậắặẹẻếềệịọỏốồộớờợụủứừựỳỵ")


def event(move: Move, source: State | None, target: State, who: Who, *, other: bool = True) -> Happening:
    return Happening(now(), move, source, target, who, "Alpha", False, "Beta" if other else "", handed_over=False)


def events() -> list[Happening]:
    """Every way a move can go."""
    return [
        event(move, source, target, who)
        for move, row in TABLE.items()
        for source in row.sources or {None}
        for target in row.targets or {source or State.SORTING}
        for who in row.who
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_move_and_state_has_words(app: Flask, language: str) -> None:
    with app.app_context(), force_locale(language):
        lines = [story_line(made) for made in events()]
        lines += [str(words) for words in STANDINGS.values()]
        lines += [str(label) for label, _colour in STATES.values()] + [str(label) for label in MOVES.values()]
        assert set(STATES) == set(STANDINGS) == set(State)
        assert set(MOVES) == set(TABLE) == set(Move)
        assert all(lines)
        if language == "en":
            assert [line for line in lines if VIETNAMESE & set(line or "")] == []


def test_where_a_move_comes_from_or_leads_to_is_told(app: Flask) -> None:
    def line(*parts: object, **named: object) -> str:
        return story_line(event(*parts, **named)) or ""  # type: ignore[arg-type]

    with app.app_context():
        assert line(Move.FORWARD, State.SORTING, State.FORWARDED, Who.FRONT_DESK).startswith("Alpha chuyển phản ánh đến Beta")
        assert line(Move.FORWARD, State.SORTING, State.FORWARDED, Who.FRONT_DESK, other=False) == "Phản ánh được chuyển đến Alpha."
        assert line(Move.HAND_ON, State.IN_PROGRESS, State.FORWARDED, Who.HANDLER).startswith("Alpha chuyển tiếp")
        assert "Alpha sẽ phân định" in line(Move.HAND_ON, State.IN_PROGRESS, State.REFEREE, Who.HANDLER)
        assert line(Move.RETURN, State.FORWARDED, State.SORTING, Who.HANDLER).startswith("Beta cho biết việc thuộc cơ quan khác")
        assert line(Move.RETURN, State.FORWARDED, State.REFEREE, Who.HANDLER).startswith("Beta cũng cho biết")
        home = replace(event(Move.FORWARD, State.SORTING, State.FORWARDED, Who.FRONT_DESK), other="Alpha")
        assert story_line(home) == "Bộ phận tiếp nhận chuyển phản ánh đến bộ phận giải quyết của Alpha."
        assert story_line(replace(home, move=Move.RECALL)) == "Bộ phận tiếp nhận lấy lại phản ánh để chuyển cho đúng nơi."
        assert (story_line(replace(home, move=Move.RETURN)) or "").startswith("Bộ phận giải quyết của Alpha cho biết việc thuộc")
        assert "Alpha sẽ phân định" in (story_line(replace(home, move=Move.RETURN, to_state=State.REFEREE)) or "")
        assert "sau thời gian tạm dừng" in line(Move.RESUME, State.SUSPENDED, State.IN_PROGRESS, Who.AGENCY_HEAD)
        assert "hết thời gian chờ" in line(Move.RESUME, State.AWAITING_SUPPLEMENT, State.IN_PROGRESS, Who.SYSTEM)
        assert "mà không chờ" in line(Move.RESUME, State.AWAITING_SUPPLEMENT, State.IN_PROGRESS, Who.HANDLER)
        assert "đã rút phản ánh của mình" in line(Move.UNMERGE, State.MERGED, State.IN_PROGRESS, Who.SYSTEM)
        assert "tách ra để giải quyết riêng" in line(Move.UNMERGE, State.MERGED, State.IN_PROGRESS, Who.HANDLER)
        assert line(Move.SPLIT, None, State.SORTING, Who.FRONT_DESK).startswith("Việc này được tách ra")
        assert line(Move.SPLIT, State.SORTING, State.SORTING, Who.FRONT_DESK).startswith("Phản ánh có nhiều việc")


def test_the_story_of_a_sealed_case_names_nobody_but_the_inspectorate(app: Flask) -> None:
    with app.app_context():
        for made in events():
            line = story_line(made, sealed=True)
            assert (line is None) == (made.move in BETWEEN_AGENCIES)
            assert "Alpha" not in (line or "")
            assert "Beta" not in (line or "")
        asked = event(Move.ASK, State.IN_PROGRESS, State.AWAITING_SUPPLEMENT, Who.INSPECTORATE)
        assert story_line(replace(asked, at_triage=True), sealed=True) == "Alpha hỏi thêm Ông/Bà."
