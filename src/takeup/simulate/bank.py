"""`bank`: credit recommendations for metro and rural officers, live for a few months.

Officers have skill, habits and a latent reason for not looking; the model is blind to local
income; people override because of what they privately know, so no adjustment recovers the
truth and only the paired answer does. A declined loan never shows repayment.
"""

from __future__ import annotations

from takeup.simulate.generate import Scenario
from takeup.simulate.population_spec import PopulationSpec, RoleFacts, Segment

USE_CASE = """name = "credit-line"
title = "Credit recommendations"
choices = ["decline", "approve"]
segment = ["x_segment"]
covariates = ["x_segment", "score_band", "stakes"]
value_unit = "EUR"

[outcome]
better = "higher"
observed_when = ["approve"]
maturation_days = 90
label = "repaid"

[outcomes.repaid]
better = "higher"
observed_when = ["approve"]
maturation_days = 90
label = "repaid"
"""

LEGACY_METRICS_AND_PASSIVE_MANAGEMENT = -1.15

METRO = PopulationSpec(
    "LO1",
    "Metro officers",
    "credit",
    (12, 12, 12, 12),
    ("supportive", "passive", "passive", "neutral"),
    22,
    (0.50, 0.10, 0.10, 0.15, 0.05),
    (
        Segment("standard", 0.80, 0.07),
        Segment("thin_file", 0.17, 0.12),
        Segment("local_income", 0.03, 0.34, blind=True),
    ),
    0.70,
    0.10,
    g_pop=LEGACY_METRICS_AND_PASSIVE_MANAGEMENT,
    role=RoleFacts(0.55, 0.35),
)
RURAL = PopulationSpec(
    "LO2",
    "Rural officers",
    "credit",
    (9, 9, 12, 6),
    ("neutral", "passive", "supportive", "neutral"),
    18,
    (0.10, 0.05, 0.50, 0.15, 0.10),
    (
        Segment("standard", 0.58, 0.08),
        Segment("thin_file", 0.12, 0.12),
        Segment("local_income", 0.30, 0.34, blind=True),
    ),
    0.78,
    0.16,
    g_pop=LEGACY_METRICS_AND_PASSIVE_MANAGEMENT,
    role=RoleFacts(0.45, 0.60, prior_incident=True),
)

BANK = Scenario("bank", (METRO, RURAL), USE_CASE)
