"""`hospital`: deterioration alerts for emergency physicians and ward seniors.

Of the alerts to emergency physicians 47 % are false; ward seniors refuse right advice where it
touches goals of care.
"""

from __future__ import annotations

from takeup.simulate.generate import Scenario
from takeup.simulate.population_spec import PopulationSpec, RoleFacts, Segment

USE_CASE = """name = "deterioration-alerts"
title = "Deterioration alerts"
choices = ["escalate", "dismiss"]
segment = ["x_segment"]
covariates = ["x_segment", "score_band", "stakes"]
value_unit = "minutes"

[utility]
benefit_right = 1.1
harm_wrong = 1.0
"""

EMERGENCY = PopulationSpec(
    "PH1",
    "Emergency physicians",
    "alerts",
    (14, 14, 14),
    ("neutral", "neutral", "neutral"),
    20,
    (0.0, 0.10, 0.40, 0.20, 0.10),
    (Segment("elderly_multimorbid", 0.45, 0.56), Segment("other_patients", 0.55, 0.396)),
    0.72,
    0.36,
    late=0.08,
    high_stakes=0.60,
    high_substitution=0.10,
    role=RoleFacts(0.10, 0.40, prior_incident=True, fiduciary_duty=True),
)
WARD = PopulationSpec(
    "PH2",
    "Ward seniors",
    "alerts",
    (12, 12),
    ("supportive", "neutral"),
    14,
    (0.0, 0.25, 0.15, 0.05, 0.45),
    (
        Segment("standard_ward", 0.65, 0.16),
        Segment("goals_of_care", 0.35, 0.18, value_tagged=True),
    ),
    0.72,
    0.15,
    high_stakes=0.60,
    high_substitution=0.10,
    role=RoleFacts(0.10, 0.80, fiduciary_duty=True),
)

HOSPITAL = Scenario("hospital", (EMERGENCY, WARD), USE_CASE)
