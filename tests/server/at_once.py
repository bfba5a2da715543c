"""Two people who do the same at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from takeup.record.errors import InputError


def two_at_once(act: Callable[[], object]) -> list[str]:
    """What either was told, sorted: `done`, or the sentence that refuses it; what breaks is told too."""
    from django.db import connection

    said: list[str] = []
    both = threading.Barrier(2)

    def one() -> None:
        both.wait()
        try:
            act()
            said.append("done")
        except InputError as error:
            said.append(str(error))
        except Exception as error:  # what breaks is told, too
            said.append(repr(error))
        finally:
            connection.close()

    people = [threading.Thread(target=one) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return sorted(said)
