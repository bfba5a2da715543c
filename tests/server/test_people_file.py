"""The people file as a table of strangers: what it lacks, and what stands in it twice."""

from __future__ import annotations

import pytest

from takeup.record.errors import DeclarationError
from takeup.server.foundation.organization.people_file import read_people, read_people_csv

HEAD = "person_id,name,email,population,team\n"


def test_a_person_without_an_address_is_placed():
    (ada, jon) = read_people_csv(
        HEAD + "007,Ada Berg,ada@example.org,north,n1\n010,Jon Tal,,north,n1\n"
    )
    assert (ada.email, jon.email, jon.team) == ("ada@example.org", None, "n1")
    assert read_people([{"person_id": "1", "email": None}])[0].email is None


def test_a_blank_row_is_named_by_its_line():
    with pytest.raises(DeclarationError, match="line 3, person_id"):
        read_people_csv(HEAD + "007,Ada Berg,ada@example.org,north,n1\n,,,,\n")


def test_a_column_named_twice_is_refused_by_name():
    with pytest.raises(DeclarationError, match="the column email stands there more than once"):
        read_people_csv("person_id,email,population,Email\n007,a@example.org,north,b@example.org\n")
