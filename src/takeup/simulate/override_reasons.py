"""Which reason a simulated person gives for an override."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from takeup.record.vocabulary import OVERRIDE_REASONS

CODES = (
    "procedure_or_policy",
    "not_validated_for_this",
    "model_wrong_before",
    "not_convinced",
    "info_model_lacks",
    "professional_duty_ethics",
    "client_or_patient_interest",
    "too_slow_or_wrong_format",
    "other",
)
assert set(CODES) <= set(OVERRIDE_REASONS)
_SHARES = np.array(
    [
        [0.34, 0.26, 0.05, 0.08, 0.10, 0.04, 0.05, 0.03, 0.05],  # JS
        [0.10, 0.08, 0.08, 0.30, 0.14, 0.04, 0.06, 0.10, 0.10],  # CA
        [0.03, 0.08, 0.33, 0.27, 0.18, 0.02, 0.03, 0.02, 0.04],  # TD
        [0.04, 0.02, 0.05, 0.12, 0.27, 0.03, 0.05, 0.34, 0.08],  # WD
        [0.05, 0.03, 0.05, 0.08, 0.10, 0.38, 0.26, 0.01, 0.04],  # VM
        [0.03, 0.03, 0.08, 0.15, 0.50, 0.05, 0.08, 0.03, 0.05],  # none
    ]
)
_INFO = CODES.index("info_model_lacks")


def draw_reasons(
    reason: NDArray[np.int64], blind: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int8]:
    """Index into CODES for each override: by the person's latent `reason`; where the model is
    `blind`, half of the weight goes to what the model lacks."""
    given = np.cumsum(_SHARES, axis=1)[reason]
    code = (rng.random(len(reason))[:, None] > given).sum(1).clip(0, len(CODES) - 1)
    lacks = blind & (rng.random(len(reason)) < 0.5)
    return np.where(lacks, _INFO, code).astype(np.int8)
