"""Why people override, in their own codes."""

from __future__ import annotations

from takeup.drawing.section import Row, Section
from takeup.drawing.strips import Part, bar_strip
from takeup.drawing.words import NO_REASON, reason_of
from takeup.questions.diagnosis import Diagnosis


def reasons_section(diagnosis: Diagnosis) -> Section | None:
    """Counts by reason; by kind of case in the table behind."""
    adoption = diagnosis.measures.adoption
    total = sum(adoption.reasons.values())
    if not total:
        return None
    first = next((code for code in adoption.reasons if code != NO_REASON), "")
    rows = tuple(
        Row(
            _capital(reason_of(code)),
            f"{n:,} overrides",
            bar_strip(
                [Part(reason_of(code), n / total, "overridden")],
                f"{reason_of(code)}: {n} of {total}",
            ),
            f"{100 * n / total:.0f} %",
            "",
        )
        for code, n in adoption.reasons.items()
    )
    table = [
        ("All", reason_of(code), f"{n:,}", f"{100 * n / total:.0f} %")
        for code, n in adoption.reasons.items()
    ]
    for levels in adoption.reasons_by.values():
        for level, counts in levels.items():
            own = sum(counts.values())
            table += [
                (diagnosis.name(level), reason_of(code), f"{n:,}", f"{100 * n / own:.0f} %")
                for code, n in counts.items()
            ]
    return Section(
        f"The reason given most often: {reason_of(first)}"
        if first
        else "No override carries a reason",
        f"{total:,} overrides, by the reason people gave.",
        ("Where", "Reason", "Overrides", "Share"),
        tuple(table),
        rows,
        heads=("Reason", "Share of overrides"),
        note="Observed counts of what people said. Grade: descriptive.",
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
