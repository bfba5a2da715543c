"""Every threshold a programme may set, with its default. Expert priors until calibrated."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from takeup.record.toml_file import Declaration, declare, read_toml


class DisclosureSettings(Declaration):
    """Whom a figure may describe. `minimum_group` people; shares of one person."""

    minimum_group: int = Field(8, ge=5)
    analyst_floor: int = Field(5, ge=5)
    largest_share_of_decisions: float = Field(0.35, gt=0, le=1)
    largest_share_of_overrides: float = Field(0.50, gt=0, le=1)
    round_below_people: int = 20

    def where_people_have(self, ids: int) -> DisclosureSettings:
        """The same rules for counts of ids where one person may have up to `ids` of them: n ids are n / `ids`
        people at least."""
        if ids < 2:
            return self
        least = {
            name: ids * (getattr(self, name) - 1) + 1 for name in ("minimum_group", "analyst_floor")
        }
        return self.model_copy(update=least)


class LookSettings(Declaration):
    """How often a report is looked at. `again`: every day or week while cases come in, so that its
    differences hold at every look; narrowest at `expected` cases."""

    again: bool = False
    expected: int = Field(1_000, ge=1)


class LadderSettings(Declaration):
    """Thresholds of the adoption quality ladder; windows in days."""

    window_days: int = Field(28, ge=7)
    lookback_days: list[int] = [28, 56, 84]
    l2_consult: float = 0.10
    l3_consult: float = 0.60
    l3_high_consult: float = 0.40
    l3_effective_reliance: float = 0.30
    l3_band: float = 0.10
    l3_probability: float = 0.80
    l4_consult: float = 0.85
    l4_high_consult: float = 0.75
    l4_slope: float = 0.85
    l4_offset: float = -0.10
    l4_discrimination: float = 0.30
    l4_discrimination_low: float = 0.20
    l5_population_share: float = 0.25
    population_share: float = 0.60
    coverage_of_people: float = 0.60
    person_eligible: int = 20
    population_people: int = 8
    population_eligible: int = 200
    population_consulted: int = 100
    population_consulted_stable: int = 150
    model_unfit_benchmark: float = 0.65
    probability_of_decline: float = 0.90
    smallest_decline: float = 0.05
    probability_of_stable: float = 0.80
    stable_within: float = 0.10
    expert_band: float = 0.10
    shared_evidence_weight: float = 20.0


class ComparisonSettings(Declaration):
    """When followed against overridden may be compared, and how."""

    smallest_arm: int = Field(30, ge=2)
    smallest_effective_overlap: float = 50
    smallest_left_open: float = 0.05
    smallest_effective_people: float = 10
    largest_maturity_gap: float = 0.05
    quantile_bins: int = Field(10, ge=2, le=50)
    smallest_standard_cell: int = 10
    pair_support: int = 20
    most_parameters: int = 400
    most_cells: int = 3_000_000


class PairedSettings(Declaration):
    """When model and person may be compared on the same cases."""

    smallest_sample: int = Field(30, ge=2)
    largest_truth_rate_gap: float = 0.05


class ModelIssueSettings(Declaration):
    """Rules that decide whether the model, not people, is the finding."""

    segment_share: float = 0.05
    error_ratio: float = 2.0
    error_ratio_low: float = 1.3
    error_floor: float = 0.20
    smallest_resolved: int = 30
    low_precision: float = 0.40
    low_precision_resolved: int = 100
    mostly_right_low: float = 0.50
    missing_input_share: float = 0.30
    missing_input_accuracy: float = 0.60
    smallest_overrides: int = 30


class RolloutSettings(Declaration):
    """Checks of a randomised rollout."""

    sample_ratio_alert: float = 0.001
    balance_alert: float = 0.001
    smallest_arm: int = Field(30, ge=2)


class ResistanceSettings(Declaration):
    """How reasons are scored from survey, interviews and behaviour; log-odds and probabilities."""

    base: float = -1.1
    shift: dict[str, float] = {"JS": 0.95, "CA": 0.95, "TD": 0.95, "WD": 0.95, "VM": -3.5}
    slope: dict[str, float] = {"JS": 2.1, "CA": 2.1, "TD": 2.1, "WD": 2.1, "VM": 2.4}
    families: dict[str, tuple[tuple[float, float], ...]] = {
        "JS": ((1.1, 2.3), (0.8, 3.3), (0.7, 3.4), (1.0, 2.9), (1.4, 2.9)),
        "CA": ((1.1, 2.4), (-1.0, 3.0), (-1.0, 3.1), (-0.9, 2.9), (-0.1, 2.8)),
        "TD": ((0.4, 1.9), (-1.6, 2.6), (-1.6, 2.7), (-1.4, 2.3), (-1.0, 3.1)),
        "WD": ((2.0, 2.4), (-0.5, 2.7), (-0.6, 2.7), (-0.4, 2.4), (-0.2, 2.3)),
        "VM": ((-10.4, 5.5), (-2.0, 2.4), (-2.1, 2.5), (-1.8, 2.2), (-1.2, 2.5)),
    }
    survey_cap: float = 2.0
    interview_cap: float = 2.0
    behaviour_cap: float = 2.5
    none_below: float = 0.35
    none_share: float = 0.50
    mixed_from: float = 0.60
    dominant_from: float = 0.70
    dominant_gap: float = 0.15
    support: float = 0.25
    clear_support: float = 0.7
    ahead_unsaid: float = 1.2
    heard_by_most: float = 0.7
    smallest_people: int = 8
    smallest_respondents: int = 10
    smallest_response: float = 0.40
    smallest_interviews: int = 5
    smallest_agreement: float = 0.60
    smallest_eligible: int = 200
    smallest_signatures: int = 3
    signatures_alone: int = 5
    access_limit: float = 0.20


class BlindSpotSettings(Declaration):
    """Where overrides are compared with the advice by kind of case."""

    smallest_overrides: int = 30
    named_small_below: float = 0.05
    false_discovery: float = 0.25
    confirmation: float = 0.125


class PeopleSettings(Declaration):
    """When a person's overrides are reliably better or worse than the advice."""

    smallest_overrides: int = 5
    false_discovery: float = 0.05


class SignalSettings(Declaration):
    """Signals over weeks; thresholds simulated to at most one false alarm a population-year."""

    trailing_weeks: int = 8
    fewest_weeks: int = 4
    smallest_week: int = 60
    smallest_change: float = 0.10
    threshold: float = 3.7
    probability: float = 0.95
    high_stakes_ratio: float = 0.5
    smallest_high_stakes: int = 50
    smallest_consulted: int = 100
    loss_tolerance: float = 0.10
    harm_threshold: float = 3.3


class ConditionSettings(Declaration):
    """How the eight conditions are told: windows in days; absent ones that put adoption at risk by themselves; own
    cases with known ends, of either kind, by which a person can compare."""

    window_days: int = Field(28, ge=7)
    several_absent: int = Field(3, ge=1, le=8)
    smallest_own: int = Field(5, ge=1)


class Settings(Declaration):
    """All thresholds. `confidence` is the level of every interval of a report."""

    confidence: float = Field(0.95, gt=0.5, lt=1)
    high_nominal_rate: float = 0.60
    low_effective_reliance: float = 0.35
    often_overridden: float = 0.20
    looks: LookSettings = LookSettings()
    disclosure: DisclosureSettings = DisclosureSettings()
    ladder: LadderSettings = LadderSettings()
    comparison: ComparisonSettings = ComparisonSettings()
    paired: PairedSettings = PairedSettings()
    model_issue: ModelIssueSettings = ModelIssueSettings()
    rollout: RolloutSettings = RolloutSettings()
    resistance: ResistanceSettings = ResistanceSettings()
    blind_spots: BlindSpotSettings = BlindSpotSettings()
    people: PeopleSettings = PeopleSettings()
    signals: SignalSettings = SignalSettings()
    conditions: ConditionSettings = ConditionSettings()


def read_settings(path: Path) -> Settings:
    """Settings of a file over the defaults. Raises DeclarationError naming every mistake."""
    return declare(Settings, read_toml(path), str(path))
