"""A review as a Word document: the same parts, tables and comments as on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.shared import Pt

from takeup.server.showing.review.part import Figures, Part

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
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    made.styles["Normal"].font.size = Pt(10)
    made.add_heading(title, 0)
    made.add_paragraph(lede)
    for part in parts:
        _write(made, part, comments.get(part.number, ()))
    written = BytesIO()
    made.save(written)
    return written.getvalue()


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
    drawn = made.add_table(rows=1, cols=len(table.heads), style="Light Grid Accent 1")
    for cell, head in zip(drawn.rows[0].cells, table.heads, strict=True):
        cell.text = _written(head)
    for row in table.rows:
        for cell, text in zip(drawn.add_row().cells, row, strict=True):
            cell.text = _written(text)
    for row in drawn.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(8.5)
