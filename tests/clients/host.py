"""A host application that records decisions until it is killed; prints what it was told is kept."""

from __future__ import annotations

import sys

from takeup_client import Client


def main(url: str, key: str, spool: str, first: int) -> None:
    takeup = Client(url, key, "credit", spool, mode="assist", send_every=0.05)
    i = first
    while True:
        advice = takeup.recommend(
            f"c{i}", "approve", person_id=f"p{i % 9}", decision_id=f"host-{i}"
        )
        advice.viewed()
        if advice.decided("decline" if i % 3 else "approve", reason="not_convinced"):
            print(i, flush=True)
        i += 1


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
