"""The evidence of a diagnosis, one module for each card of the page."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from takeup.diagnosis.change import Changes
from takeup.diagnosis.diagnose import Diagnosis
from takeup.report.sections.blind_spots import blind_spots_section
from takeup.report.sections.comparison import comparison_sections
from takeup.report.sections.disagreement import disagreement_sections
from takeup.report.sections.kinds import kind_sections
from takeup.report.sections.ledger import ledger_section
from takeup.report.sections.levels import levels_section
from takeup.report.sections.looking import looking_section
from takeup.report.sections.lost import lost_section
from takeup.report.sections.model_issue import model_section
from takeup.report.sections.overriders import overriders_section
from takeup.report.sections.pilot import pilot_section
from takeup.report.sections.reasons import reasons_section
from takeup.report.sections.rollout import rollout_section
from takeup.report.sections.same_cases import same_cases_section
from takeup.report.sections.section import Section
from takeup.report.sections.signals import signals_section
from takeup.report.sections.since import since_section
from takeup.report.sections.staggered import staggered_sections
from takeup.report.sections.together import together_section
from takeup.report.sections.use import use_section
from takeup.report.sections.weeks import weeks_section
from takeup.report.sections.why import why_sections


def sections(diagnosis: Diagnosis, changed: Changes | None = None) -> list[Section]:
    """The cards in the order in which a reader asks for them."""
    found: list[Section | None] = [
        since_section(diagnosis, changed),
        use_section(diagnosis),
        levels_section(diagnosis),
        weeks_section(diagnosis),
        signals_section(diagnosis),
        model_section(diagnosis),
        blind_spots_section(diagnosis),
        same_cases_section(diagnosis),
        together_section(diagnosis),
        overriders_section(diagnosis),
        lost_section(diagnosis),
        *comparison_sections(diagnosis),
        rollout_section(diagnosis),
        *staggered_sections(diagnosis),
        *disagreement_sections(diagnosis),
        looking_section(diagnosis),
        *why_sections(diagnosis),
        reasons_section(diagnosis),
        ledger_section(diagnosis),
        pilot_section(diagnosis),
        *kind_sections(diagnosis),
    ]
    shown = [section for section in found if section is not None]
    return _paired_halves(shown)


def _paired_halves(shown: list[Section]) -> list[Section]:
    """Half cards stand two by two; one without a neighbour takes the whole width."""
    out: list[Section] = []
    for size, run in groupby(shown, key=lambda section: section.size):
        cards = list(run)
        if size == "half" and len(cards) % 2:
            cards[-1] = replace(cards[-1], size="full")
        out += cards
    return out
