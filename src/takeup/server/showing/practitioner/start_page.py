"""On the start page of who decides: what is recorded of them, and who sees it."""

from __future__ import annotations

from takeup.server.deployment.roles import Role
from takeup.server.foundation.pages.on_start_page import OnStartPage, for_those_who_are

ON_START_PAGE = (
    OnStartPage(40, for_those_who_are(Role.PRACTITIONER), "practitioner/_start_cards.html"),
)
