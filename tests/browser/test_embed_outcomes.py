"""What the element makes of an answer: verified, not what was published, or not to be told here."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from delivery import OCD, SLEEP, shipped
from factories import PUBLIC_URL
from partner_pages import Host, element
from playwright.sync_api import expect

from content import canonical
from content.signing import Keyring

TITLE = shipped(OCD).document.title
KEYS = "/.well-known/jwks.json"
NO_ED25519 = """SubtleCrypto.prototype.importKey = async () => {
  throw new DOMException("Unrecognized name.", "NotSupportedError");
};"""


def swapped(old: bytes, new: bytes) -> Callable[[int, bytes], tuple[int, bytes]]:
    """Return a bend that replaces some octets of an answer, which must be there."""

    def bend(status: int, body: bytes) -> tuple[int, bytes]:
        assert old in body
        return status, body.replace(old, new, 1)

    return bend


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[int, bytes], tuple[int, bytes]]:
    """Return a bend that changes the data of an answer."""

    def bend(status: int, body: bytes) -> tuple[int, bytes]:
        data = json.loads(body)
        change(data)
        return status, canonical.encode(data)

    return bend


def assert_nothing_shown(host: Host, status: str = "mismatch") -> None:
    """The element shows no text of the article, and who helps."""
    shown = host.settled()
    expect(shown).to_have_attribute("status", status)
    text = host.text()
    assert TITLE not in text
    assert "kratom" not in text.lower()
    expect(shown.get_by_role("link", name="Find a helpline").first).to_be_visible()


@pytest.mark.parametrize(
    "bend",
    [
        swapped(b"evidence shows", b"evidence shewe"),
        swapped(b"No trial", b"no trial"),
        swapped(b'"level":"alert"', b'"level":"foot" '),
        swapped(b'"crisis-support"', b'"crisis-suppork"'),
        swapped(b'"format":2', b'"format":3'),
        swapped(b'"title"', b'"title "'),
        swapped(b"{", b"{ "),
        edited(lambda data: data["disclaimers"].pop()),
        edited(lambda data: data["integrity"].update(digest="sha256:" + "0" * 64)),
        edited(lambda data: data["integrity"].update(more="x")),
        edited(lambda data: data.pop("integrity")),
        lambda status, body: (status, b"<p>Please sign in.</p>"),
        lambda status, body: (status, b"null"),
    ],
)
def test_one_altered_byte_of_the_answer_shows_no_text(host: Host, bend: Any) -> None:
    host.bent["/v1/articles/"] = bend
    host.open(element(OCD, host.world.fragment(OCD)))
    assert_nothing_shown(host)


@pytest.mark.parametrize("place", [0, 30, -1])
def test_one_altered_byte_of_the_signature_shows_no_text(host: Host, place: int) -> None:
    def alter(data: dict[str, Any]) -> None:
        header, _, signature = data["integrity"]["jws"].split(".")
        letters = list(signature)
        letters[place] = "A" if letters[place] != "A" else "B"
        data["integrity"]["jws"] = f"{header}..{''.join(letters)}"

    host.bent["/v1/articles/"] = edited(alter)
    host.open(element(OCD))
    assert_nothing_shown(host)


def test_a_text_that_somebody_else_signed_shows_nothing(host: Host) -> None:
    other = Keyring([])
    kid = other.add_new()

    def sign(data: dict[str, Any]) -> None:
        data["title"] = "Kratom cures"
        del data["integrity"]
        octets = canonical.encode(data)
        facts = {"digest": canonical.digest(octets), "kid": kid, "jws": other.sign(kid, octets)}
        data["integrity"] = facts

    host.bent["/v1/articles/"] = edited(sign)
    host.open(element(OCD))
    assert_nothing_shown(host)
    # Nor under the name of our key, nor with a key set that was bent to fit, where ours is pinned.
    ours = host.world.client.get(KEYS).json["keys"][-1]["kid"]
    theirs = other.public(kid)
    host.bent[KEYS] = lambda status, body: (
        200,
        canonical.encode({"keys": [theirs | {"kid": ours}]}),
    )
    host.page.reload()
    assert_nothing_shown(host)
    host.bent[KEYS] = lambda status, body: (200, canonical.encode({"keys": [theirs]}))
    host.open(element(OCD, data_kid=ours))
    assert_nothing_shown(host)


def test_a_pin_of_the_right_key_lets_it_pass(host: Host) -> None:
    kid = host.world.client.get(KEYS).json["keys"][-1]["kid"]
    shown = host.show(OCD, data_kid=f"another {kid}")
    expect(shown).to_have_attribute("status", "verified")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ({}, f"/v1/articles/{SLEEP}"),
        ({}, f"/v1/articles/{OCD}?fields=title"),
        ({}, f"/v1/articles/{OCD}?channel=app"),
        ({}, f"/v1/articles/{OCD}?audience=clinicians"),
        ({"jurisdiction": "GB"}, f"/v1/articles/{OCD}"),
        ({"jurisdiction": "GB"}, f"/v1/articles/{OCD}?jurisdiction=US"),
        ({"jurisdiction": "US-AL"}, f"/v1/articles/{OCD}?jurisdiction=US-CA"),
    ],
)
def test_a_genuine_edition_of_something_else_is_no_answer(
    host: Host, asked: dict[str, str], answered: str
) -> None:
    body = host.world.read(answered).encode()
    host.bent["/v1/articles/"] = lambda status, _: (200, body)
    host.open(element(OCD, **asked))
    assert_nothing_shown(host)


@pytest.mark.parametrize("place", ["us-al", "US-XX", "LU", "QQ"])
def test_a_place_may_be_served_as_what_contains_it(host: Host, place: str) -> None:
    shown = host.show(OCD, jurisdiction=place)
    expect(shown).to_have_attribute("status", "verified")


def test_a_fragment_that_was_altered_is_replaced_by_what_was_verified(host: Host) -> None:
    inside = host.world.fragment(OCD).replace("No trial", "Every trial")
    shown = host.show(OCD, inside)
    expect(shown).to_have_attribute("status", "verified")
    assert "Every trial" not in host.text()
    assert "No trial" in host.text()
    assert shown.evaluate("node => node.children.length") == 0


def test_where_the_browser_cannot_check_a_signature_it_says_so_and_shows_the_text(
    fresh: Host,
) -> None:
    fresh.page.add_init_script(NO_ED25519)
    shown = fresh.show(OCD)
    expect(shown).to_have_attribute("status", "unverified")
    expect(shown.locator(".cv-title")).to_have_text(TITLE)
    expect(shown.locator(".cv-status")).to_contain_text("Not verified")
    assert "Verified:" not in fresh.text()


def test_without_a_secure_context_the_checksum_is_compared_all_the_same(host: Host) -> None:
    bad = "http://partner.example/"
    shown = host.show(OCD, address=bad)
    assert host.page.evaluate("isSecureContext") is False
    expect(shown).to_have_attribute("status", "unverified")
    expect(shown.locator(".cv-title")).to_have_text(TITLE)
    host.bent["/v1/articles/"] = swapped(b"No trial", b"no trial")
    host.page.reload()
    assert_nothing_shown(host)


@pytest.mark.parametrize("answer", [None, (503, b"{}"), (200, b"<p>")])
def test_without_the_keys_nothing_is_called_verified(host: Host, answer: Any) -> None:
    host.bent[KEYS] = lambda status, body: answer
    shown = host.show(OCD)
    expect(shown).to_have_attribute("status", "unverified")
    expect(shown.locator(".cv-title")).to_have_text(TITLE)


def test_the_address_of_an_edition_may_be_given_whole(host: Host) -> None:
    host.open(f'<caveat-article src="https://content.example/v1/articles/{OCD}?jurisdiction=GB">'
              "</caveat-article>")  # fmt: skip
    shown = host.settled()
    expect(shown).to_have_attribute("status", "verified")
    expect(shown.get_by_label("Notices for:")).to_have_value("GB")
    assert not any(PUBLIC_URL in address for address in host.asked)
