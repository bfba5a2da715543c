"""Any result as plain JSON values."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any

import pandas as pd
from pydantic import BaseModel

from takeup.stats.answer import CannotSay, Estimate


def plain(value: Any) -> Any:
    """Dataclasses as objects, tuples as arrays, figures as documented; NaN as null."""
    if isinstance(value, Estimate | CannotSay):
        return value.to_json()
    if is_dataclass(value) and not isinstance(value, type):
        # What measures lean on, by person some of it, is in no document.
        held = {f.name: getattr(value, f.name) for f in fields(value) if f.repr}
        return {n: plain(v) for n, v in held.items() if not isinstance(v, pd.DataFrame)}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "item"):
        return plain(value.item())
    return value
