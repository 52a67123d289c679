"""The QR code as a picture inside the page, which the content security policy allows."""

from __future__ import annotations

import re
from urllib.parse import unquote
from xml.etree import ElementTree

from feedback.codes import new_code, show_code
from feedback.documents.qr import qr_data_uri


def drawing(content: str) -> ElementTree.Element:
    head, _comma, data = qr_data_uri(content).partition(",")
    assert head.startswith("data:image/svg+xml")
    return ElementTree.fromstring(unquote(data))


def test_it_is_a_drawing_of_squares_and_nothing_else() -> None:
    svg = drawing(show_code(new_code()))
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert svg.attrib["width"] == svg.attrib["height"]
    assert {element.tag.partition("}")[2] for element in svg.iter()} <= {"svg", "path", "g"}


def test_it_may_stand_in_an_attribute() -> None:
    assert not re.search(r"[\"<>\s]", qr_data_uri(show_code(new_code())))


def test_every_code_has_its_own_picture() -> None:
    code = show_code(new_code())
    assert qr_data_uri(code) == qr_data_uri(code)
    assert qr_data_uri(code) != qr_data_uri(show_code(new_code()))
    assert code not in unquote(qr_data_uri(code))
