"""Any view as a PDF or as CSV, and one that draws as PNG: the same figures, under the same disclosure, and in the audit
log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from takeup.drawing.picture import Picture, picture
from takeup.record.errors import InputError
from takeup.record.excel_csv import excel_csv
from takeup.report.html import report_css
from takeup.report.pdf import pdf_of
from takeup.report.png import png_of
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.services import Person

Table = tuple[Sequence[str], Iterable[Sequence[Any]]]
"""Names of columns, and rows."""


def shown_or_exported(
    request: HttpRequest,
    template: str,
    shown: Mapping[str, Any],
    name: str,
    table: Table,
    drawn: Callable[[], Picture] | None = None,
) -> HttpResponse:
    """The page; with `?as=pdf` the same printed, with `?as=csv` its figures, with `?as=png` what it draws (where it does)."""
    wanted = request.GET.get("as")
    if wanted not in ("pdf", "csv") and not (wanted == "png" and drawn):
        return render(request, template, {**shown, "exports": True, "drawn": drawn is not None})
    person: Person = request.user  # type: ignore[assignment]
    made = _exported(request, wanted, template, shown, name, table, drawn)
    if made.status_code == 200:
        audit.record("export.made", actor=person.handle, view=name, form=wanted)
    return made


def _exported(
    request: HttpRequest,
    wanted: str,
    template: str,
    shown: Mapping[str, Any],
    name: str,
    table: Table,
    drawn: Callable[[], Picture] | None,
) -> HttpResponse:
    if wanted == "csv":
        return attached(excel_csv(*table), "text/csv; charset=utf-8", f"{name}.csv")
    if wanted == "png" and drawn:
        return attached(png_of(picture(drawn())), "image/png", f"{name}.png")
    return printed(request, template, shown, name)


def printed(
    request: HttpRequest, template: str, shown: Mapping[str, Any], name: str
) -> HttpResponse:
    """The page printed to a PDF; 501 and why where there is no printer. Who may see it is asked before."""
    css = report_css() + (
        files("takeup.server.foundation.pages") / "static/takeup/pages.css"
    ).read_text("utf-8")
    html = render_to_string(template, {**shown, "frame": "print.html", "css": css}, request)
    try:
        made = pdf_of(html)
    except InputError as error:
        return render(request, "not_printed.html", {"why": str(error)}, status=501)
    return attached(made, "application/pdf", f"{name}.pdf")


def attached(body: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep, by a plain name."""
    plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
    answer = HttpResponse(body, content_type=kind)
    # A name beyond ASCII is written as RFC 6266 has it.
    answer["Content-Disposition"] = content_disposition_header(True, plain)
    return answer
