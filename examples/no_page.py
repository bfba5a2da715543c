"""Where no page can be embedded (a terminal, a vendor's system): three requests, no library.

python no_page.py http://127.0.0.1:8000 tk_… credit-line officer-7
"""

from __future__ import annotations

import json
import sys
import urllib.request
import uuid
from datetime import UTC, datetime

url, key, use_case, officer = sys.argv[1:5]


def post(path: str, body: object, kind: str = "application/json") -> dict:
    """A request to takeup; its answer."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
    request = urllib.request.Request(f"{url}/api/v1/{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def event(name: str, decision_id: str, **data: object) -> None:
    """Something happened to a decision."""
    told = {
        "specversion": "1.0", "id": uuid.uuid4().hex, "source": "terminal", "subject": decision_id,
        "type": f"takeup.{name}", "time": datetime.now(UTC).isoformat(),
        "data": {"use_case": use_case, **data},
    }  # fmt: skip
    post("events", told, "application/cloudevents+json")


case = uuid.uuid4().hex[:8]
advice = {
    "decision_id": f"terminal-{case}", "use_case": use_case, "case_id": case, "person_id": officer,
    "recommendation": "decline", "confidence": 0.71,
}  # fmt: skip
shown = post("recommendations", [advice])["results"][0]["show"]
if shown:
    print(f"Case {case}. The model would decline (71 in 100).")
    event("viewed", advice["decision_id"])
else:
    print(f"Case {case}.")
choice = input("approve or decline? ").strip()
reason = None
if shown and choice != advice["recommendation"]:
    reason = input("why? (info_model_lacks, not_convinced, …; empty for none) ").strip() or None
event(
    "made", advice["decision_id"], choice=choice, **({"override_reason": reason} if reason else {})
)
print("recorded")
