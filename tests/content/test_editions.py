"""The one door: what an edition says, for whom, and since when."""

import pytest

from content import editions
from content.contexts import Context
from content.db import Database
from content.signing import Keyring


@pytest.mark.parametrize("slug", ["kratom-and-ocd-evidence", "kratom-and-depression-evidence"])
def test_a_kratom_edition_for_alabama_has_its_sections_and_disclaimers(
    library: Database, keyring: Keyring, slug: str
) -> None:
    with library.read() as session:
        body = editions.issue(session, slug, Context("en", "US-AL"), keyring).body
    assert len(body["sections"]) == 4
    assert len(body["disclaimers"]) >= 15
    assert body["disclaimers"][0]["id"] == "crisis-support"
    assert "988" in body["disclaimers"][0]["text"]
