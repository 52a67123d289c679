"""The reader of pages finds what it is there for; that our own pages are valid is asked wherever a test opens one."""

from __future__ import annotations

import pytest

from tests.markup import mistakes

PAGE = '<!doctype html><html lang="vi"><head><title>Trang</title></head><body><main><h1>Trang</h1>{}</main></body></html>'


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<p>Một<p>Hai</p>", "<p> stands among the words of <p>"),
        ("<p>Một</div>", "</div> closes <p>"),
        ("<ul><div></div></ul>", "<div> stands in <ul>"),
        ("<ul>Một</ul>", "words stand in <ul>"),
        ("<table><tr></tr></table>", "<tr> stands in <table>"),
        ("<div><li>Một</li></div>", "<li> stands in <div>"),
        ("<span><div></div></span>", "<div> stands among the words of <span>"),
        ('<a href="/"><button>Một</button></a>', "<button> stands in a link or button"),
        ("<form><form></form></form>", "a form stands in a form"),
        ('<p id="a"></p><p id="a"></p>', 'id "a" is there 2 times'),
        ('<p aria-describedby="b"></p>', "aria-describedby of <p> points to #b"),
        ('<a href="#b">Một</a>', "a link points to #b"),
        ('<input id="c" name="c">', "<input name=c> has no label"),
        ('<p style="color: red">Một</p>', "style or script"),
        ('<img src="/a.png">', "a picture has no alt"),
        ('<p class="a" class="b"></p>', "an attribute twice"),
        ('<time datetime="2026-11-24T08:00:00.123456+00:00">Một</time>', "is no time"),
        ("<h1>Hai</h1>", "2 of <h1>"),
        ("<blink>Một</blink>", "no element we know"),
    ],
)
def test_what_is_wrong_is_said(inside: str, said: str) -> None:
    assert any(said in one for one in mistakes(PAGE.format(inside)))


def test_a_good_page_is_left_alone() -> None:
    good = (
        '<label for="c">Tên</label><input id="c" name="c"><dl><div><dt>Một</dt><dd><p>Hai</p></dd></div></dl><a href="#c"><div>Ba</div></a>'
    )
    assert mistakes(PAGE.format(good)) == []
    assert set(mistakes("<p>Một</p>")) >= {"no doctype", "no title", 'language ""'}
