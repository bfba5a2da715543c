"""`planning`: demand forecasts for category planners and senior regional planners.

The forecast does not know of promotions that nobody entered; category planners find it in an
application of its own, five steps away and often late.
"""

from __future__ import annotations

from takeup.simulate.generate import Scenario
from takeup.simulate.population_spec import PopulationSpec, RoleFacts, Segment

USE_CASE = """name = "demand-forecast"
title = "Demand forecasts"
choice_kind = "numeric"
segment = ["x_segment"]
covariates = ["x_segment", "score_band", "stakes"]
loss_unit = "units"
value_unit = "units"

[outcome]
better = "lower"
"""

CATEGORY = PopulationSpec(
    "PL1",
    "Category planners",
    "forecasts",
    (10, 10, 10),
    ("supportive", "supportive", "supportive"),
    40,
    (0.10, 0.05, 0.20, 0.50, 0.0),
    (
        Segment("base", 0.78, 0.10),
        Segment("promo_not_entered", 0.14, 0.62, blind=True),
        Segment("promo_entered", 0.08, 0.14),
    ),
    0.85,
    0.18,
    step_diff=5,
    late=0.22,
    separate_surface=1.0,
    role=RoleFacts(0.40, 0.30, side_application=True),
)
REGIONAL = PopulationSpec(
    "PL2",
    "Senior regional planners",
    "forecasts",
    (11, 11),
    ("neutral", "neutral"),
    34,
    (0.15, 0.50, 0.10, 0.10, 0.0),
    (
        Segment("base", 0.88, 0.10),
        Segment("promo_not_entered", 0.07, 0.55, blind=True),
        Segment("promo_entered", 0.05, 0.14),
    ),
    0.75,
    0.13,
    late=0.06,
    separate_surface=0.05,
    role=RoleFacts(0.35, 0.90),
)

PLANNING = Scenario("planning", (CATEGORY, REGIONAL), USE_CASE)
