"""A review as a Word document: the same parts, tables and comments as on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Row

from takeup.drawing.words import upper_first
from takeup.server.showing.review.part import Figures, Part

_INK = RGBColor(0x1B, 0x21, 0x26)
_ACROSS, _LONGEST = 257, 56
"""Millimetres of a table, and letters beyond which a column is not wider."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _written(text: str) -> str:
    """Text as Word can hold it: what people paste may have characters that no XML has."""
    return _NOT_XML.sub(" ", text)


def word_of(
    title: str, lede: str, parts: Sequence[Part], comments: Mapping[int, Sequence[tuple[str, str]]]
) -> bytes:
    """The document; `comments` by part, each with who said it."""
    title, lede = _written(title), _written(lede)
    made = Document()
    made.core_properties.title = title
    made.core_properties.author = "takeup"
    _page(made)
    made.add_heading(title, 0)
    made.add_paragraph(lede)
    for part in parts:
        _write(made, part, comments.get(part.number, ()))
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def _page(made: WordDocument) -> None:
    """A4 across, in the fonts nearest to the page's that every Word has."""
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    made.styles["Normal"].font.size, made.styles["Normal"].font.name = Pt(10), "Calibri"
    for name in ("Title", "Heading 1", "Heading 2"):
        made.styles[name].font.name, made.styles[name].font.color.rgb = "Georgia", _INK


def _write(made: WordDocument, part: Part, comments: Sequence[tuple[str, str]]) -> None:
    made.add_heading(f"{part.number}. {_written(part.title)}", 1)
    made.add_paragraph(_written(part.says))
    for table in part.tables:
        if table.rows:
            _table(made, table)
    for note in part.notes:
        made.add_paragraph(_written(note), style="List Bullet")
    for who, text in comments:
        said = made.add_paragraph()
        said.add_run(f"{_written(who)}: ").bold = True
        said.add_run(_written(text))


def _table(made: WordDocument, table: Figures) -> None:
    made.add_heading(_written(table.title), 2)
    drawn = made.add_table(rows=1, cols=len(table.heads), style="Light Shading")
    drawn.autofit = False
    drawn._tblPr.find(qn("w:tblLook")).set(qn("w:noHBand"), "1")
    for cell, head in zip(drawn.rows[0].cells, table.heads, strict=True):
        cell.text = _written(upper_first(head))
    for row in table.rows:
        for cell, text in zip(drawn.add_row().cells, row, strict=True):
            cell.text = _written(text)
    _of_row(drawn.rows[0], "w:tblHeader")
    widths = _widths(table)
    # Some programs go by the columns, others by the cells.
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = width
    for row in drawn.rows:
        _of_row(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(8.5)


def _of_row(row: _Row, what: str) -> None:
    """What Word can do with a row and the library has no name for: its heads on every sheet, no row on two."""
    row._tr.get_or_add_trPr().append(OxmlElement(what))


def _widths(table: Figures) -> list[Mm]:
    """Widths of the columns by how much they hold, none narrower than its longest word."""
    held = [_letters(column) for column in zip(table.heads, *table.rows, strict=True)]
    return [Mm(round(_ACROSS * one / sum(held))) for one in held]


def _letters(column: Sequence[str]) -> int:
    longest = max(len(word) for text in column for word in (text.split() or [""]))
    return max(min(max(len(text) for text in column), _LONGEST), longest + 5) + 3
