"""Three hundred applications for small loans and a model's view of each. All of it is invented: drawn
from the distributions below with one seed, no customer of any bank behind it."""

from __future__ import annotations

import random
from typing import Any

SEED, HOW_MANY = 20_418, 300
MODEL_VERSION = "4.2"
_GIVEN = ("Tobias", "Maya", "Irene", "Paul", "Selma", "Anton", "Greta", "Yusuf", "Clara", "Emil", "Noor", "Vera")  # fmt: skip
_FAMILY = (
    "Renn",
    "Okafor",
    "Lund",
    "Vidal",
    "Hartmann",
    "Castillo",
    "Moreau",
    "Aydin",
    "Berg",
    "Novak",
)
_WORK = {
    "local_income": ("orchard keeper", "guesthouse owner", "ski instructor", "event rigger"),
    "standard": ("nurse", "teacher", "warehouse clerk", "accountant"),
    "thin_file": ("carpenter", "translator", "baker", "photographer"),
}
_PURPOSE = ("Cold store", "Delivery van", "Kitchen", "Roof", "Machinery", "Car", "Stock")


def applications() -> list[dict[str, Any]]:
    """The applications in the order in which they came in."""
    rng = random.Random(SEED)
    return [_application(rng, n) for n in range(HOW_MANY)]


def _application(rng: random.Random, n: int) -> dict[str, Any]:
    segment = rng.choices(("standard", "local_income", "thin_file"), (5, 3, 2))[0]
    months = _income(rng, segment)
    amount = round(rng.lognormvariate(9.4, 0.5), -2)
    term = rng.choice((24, 36, 48, 60))
    instalment = round(amount / term * 1.15)
    costs = round(rng.uniform(900, 1_500))
    late, since = rng.choices((0, 1, 2), (7, 2, 1))[0], rng.randint(2006, 2025)
    left = sum(months) - 12 * (costs + instalment)
    # Who will repay: the whole year counts, and how long the bank has known them.
    repays = left + 700 * (2026 - since) - 4_000 * late + rng.gauss(0, 4_000) > 0
    return {
        "number": str(20_000 + n),
        "name": f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}",
        "work": rng.choice(_WORK[segment]),
        "segment": segment,
        "amount": amount,
        "term": term,
        "instalment": instalment,
        "purpose": rng.choice(_PURPOSE),
        "customer_since": since,
        "late": late,
        "income": months,
        "costs": costs,
        "left": left,
        "would_repay": repays,
        "model": _model(months, costs, instalment, late, since),
    }


def _income(rng: random.Random, segment: str) -> list[int]:
    year = rng.uniform(24_000, 46_000)
    if segment == "standard":
        return [round(year / 12)] * 12
    shape = (
        [0.2, 0.2, 0.2, 0.3, 0.4, 0.5, 0.9, 2.6, 3.1, 2.4, 0.9, 0.3]
        if segment == "local_income"
        else [rng.uniform(0.5, 1.5) for _ in range(12)]
    )
    return [round(year / sum(shape) * part) for part in shape]


def _model(months: list[int], costs: int, instalment: int, late: int, since: int) -> dict[str, Any]:
    """The model of this bank takes each month by itself: a harvest looks like nine bad months."""
    covered = sum(month - costs >= instalment for month in months)
    score = 0.32 * (covered - 7) - 0.9 * late + 0.05 * (2026 - since - 8)
    share = 1 / (1 + 2.718 ** (-score))
    reasons = [
        {"sign": "+" if covered >= 7 else "-",
         "text": f"After living costs, income covers the instalment in {covered} of 12 months"},
        {"sign": "-" if late else "+",
         "text": f"{late} instalment{'s' if late > 1 else ''} late in 2025" if late else "Never late in 2025"},
        {"sign": "+", "text": f"Customer for {2026 - since} years, never in default"},
    ]  # fmt: skip
    return {
        "version": MODEL_VERSION,
        "advice": "approve" if share >= 0.5 else "decline",
        "confidence": round(max(share, 1 - share), 2),
        "reasons": reasons,
    }
