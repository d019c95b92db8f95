"""Each example app's page conforms: it shows what its article owes, in the right places."""

import pytest
from example_sites import Site
from partner_sites import around, faults
from publishers import Publisher

pytestmark = pytest.mark.one_engine


def test_the_page_conforms(site: Site, publisher: Publisher) -> None:
    edition, seen = publisher.read(), site.view()
    is_page = seen.status is not None
    source = seen.source if is_page else around(seen.source, edition["links"]["canonical"])
    assert faults(edition, source) == []
