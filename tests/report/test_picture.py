"""A view's drawn part as one picture: whole, legible, in literal colours."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET

import pytest

from takeup.drawing.picture import WIDTH, Picture, PictureRow, picture
from takeup.drawing.strips import OVERRIDDEN, Axis, Mark, strip
from takeup.report.pdf import with_literal_colours
from takeup.report.png import png_of

SHARES = Axis(0.0, 1.0, (0.0, 0.5, 1.0), ("0 %", "50 %", "100 %"))
SVG = "{http://www.w3.org/2000/svg}"


def row(label: str, lanes: int = 1, **more) -> PictureRow:
    marks = [Mark(OVERRIDDEN, 0.4, 0.3, 0.5, "40 %")] * lanes
    return PictureRow(label, drawings=[strip(SHARES, marks, label).wide], **more)


def drawn(*rows: PictureRow, heading: str = "Half", note: str = "") -> ET.Element:
    return ET.fromstring(picture(Picture(heading, "of today", rows, note)))


def test_what_people_wrote_stands_as_text():
    made = drawn(row("<b>North & South</b>", says=["40 % < 50 %"]))
    texts = [one.text for one in made.iter(f"{SVG}text")]
    assert "<b>North & South</b>" in texts
    assert "40 % < 50 %" in texts


def test_long_words_are_broken_into_lines_and_none_is_lost():
    said = (
        "fell from sixty to fourteen per cent since July and level over the last eight weeks " * 3
    )
    made = drawn(
        row("A population of a rather long name in the north", small=[said]),
        heading=said,
        note=said,
    )
    words = " ".join(one.text or "" for one in made.iter(f"{SVG}text"))
    for word in said.split():
        assert words.count(word) >= said.split().count(word) * 3


def test_a_row_begins_below_the_one_before_however_much_that_holds():
    def height(*rows):
        return float(drawn(*rows).get("height"))

    alone = height(row("one"))
    assert height(row("one"), row("two")) > alone
    assert height(row("one", lanes=9), row("two")) - height(row("one", lanes=9)) == pytest.approx(
        height(row("one"), row("two")) - alone
    )


def test_as_png_it_has_two_pixels_for_one_and_no_variable_is_left():
    svg = picture(Picture("Half", "of today", [row("North")]))
    assert "var(" in svg
    assert "var(" not in with_literal_colours(svg)
    png = png_of(svg)
    width, _height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG")
    assert width == 2 * WIDTH
