"""The element in a page that has a key: a site key is sent, any other never is."""

import pytest
from delivery import OCD, SLEEP
from keyholders import Holder, hold
from partner_pages import Host, World
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def site(world: World) -> Holder:
    """A site key for pages of the partner, who is entitled to articles on kratom."""
    facts = {"topics": ["kratom"], "domains": ["partner.example"], "jurisdiction": "GB"}
    return hold(world.database, "site", **facts)


def test_a_site_key_opens_what_its_partner_may_show(host: Host, site: Holder) -> None:
    shown = host.show(OCD, data_key=site.key)
    expect(shown).to_have_attribute("status", "verified")
    assert "Great Britain" in host.text() or "United Kingdom" in host.text()
    expect(host.show(SLEEP, data_key=site.key)).to_have_attribute("status", "withheld")


def test_a_site_key_that_is_given_later_is_sent_from_then_on(host: Host, site: Holder) -> None:
    shown = host.show(SLEEP)
    expect(shown).to_have_attribute("status", "verified")
    shown.evaluate("(one, key) => { one.dataset.key = key }", site.key)
    expect(shown).to_have_attribute("status", "withheld")


def test_an_account_key_is_never_sent_from_a_page(host: Host, world: World) -> None:
    shown = host.show(OCD, data_key=hold(world.database).key)
    expect(shown).to_have_attribute("status", "verified")
    assert any("data-key is no site key" in said for said in host.heard)
