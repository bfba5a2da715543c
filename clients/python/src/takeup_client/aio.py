"""The same client for asyncio. A call hands a line to the operating system, which takes
microseconds, so it runs in the loop itself; what waits (`ready`, `close`) goes to a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from takeup_client.client import Choice, Client, Recommendation
from takeup_client.sender import Counters


class AsyncClient:
    """`Client`, awaited: the same arguments, the same promises."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._client = Client(*arguments, **options)

    @property
    def counters(self) -> Counters:
        """What was recorded, and what became of it."""
        return self._client.counters

    @property
    def mode(self) -> str:
        """The mode that holds now."""
        return self._client.mode

    async def ready(self, timeout: float = 5.0) -> bool:
        """Wait until the server's mode is known."""
        return await asyncio.to_thread(self._client.ready, timeout)

    async def recommend(
        self,
        case_id: str,
        recommendation: Choice,
        *,
        person_id: Optional[str] = None,
        covariates: Optional[Mapping[str, Union[str, float, bool]]] = None,
        decision_id: Optional[str] = None,
        **columns: Any,
    ) -> AsyncRecommendation:
        """As `Client.recommend`."""
        return AsyncRecommendation(
            self._client.recommend(
                case_id, recommendation, person_id=person_id, covariates=covariates,
                decision_id=decision_id, **columns,
            )
        )  # fmt: skip

    async def outcome(
        self, decision_id: str, value: Optional[float] = None, **columns: Any
    ) -> bool:
        """As `Client.outcome`."""
        return self._client.outcome(decision_id, value, **columns)

    async def decided(self, decision_id: str, told: Mapping[str, Any]) -> bool:
        """As `Client.decided`."""
        return self._client.decided(decision_id, told)

    async def close(self, timeout: float = 10.0) -> None:
        """Send what is left, without holding up the loop."""
        await asyncio.to_thread(self._client.close, timeout)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AsyncRecommendation:
    """`Recommendation`, awaited."""

    def __init__(self, advice: Recommendation) -> None:
        self._advice = advice
        self.decision_id, self.mode, self.recorded = (
            advice.decision_id,
            advice.mode,
            advice.recorded,
        )
        self.show, self.ask_first = advice.show, advice.ask_first

    def embed(self, origin: str, choices: Sequence[Any] = (), **more: Any) -> dict[str, Any]:
        """As `Recommendation.embed`; it waits for nothing."""
        return self._advice.embed(origin, choices, **more)

    async def viewed(self, kind: str = "summary") -> bool:
        """As `Recommendation.viewed`."""
        return self._advice.viewed(kind)

    async def abandoned(self) -> bool:
        """As `Recommendation.abandoned`."""
        return self._advice.abandoned()

    async def flag(self, kind: str) -> bool:
        """As `Recommendation.flag`."""
        return self._advice.flag(kind)

    async def decided(
        self,
        choice: Choice,
        reason: Optional[str] = None,
        initial_choice: Optional[Choice] = None,
        **columns: Any,
    ) -> bool:
        """As `Recommendation.decided`."""
        return self._advice.decided(choice, reason, initial_choice, **columns)

    async def outcome(self, value: Optional[float] = None, **columns: Any) -> bool:
        """As `Recommendation.outcome`."""
        return self._advice.outcome(value, **columns)
