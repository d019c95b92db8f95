"""The Next.js example: what search engines are told, and that a genuine message revalidates."""

import base64
import hashlib
import hmac
import json
import time

import example_sites
import httpx
import publishers
import pytest
from delivery import OCD
from example_sites import NextJs
from publishers import Publisher, replaced

EVENT = {"type": "article.withdrawn", "timestamp": "2026-11-27T12:00:00Z"}


def post(site: NextJs, body: str, headers: dict[str, str]) -> int:
    """Send a message to the site and return the status of its answer."""
    return httpx.post(f"{site.url}/api/caveat", content=body, headers=headers).status_code


def signed(body: str, at: int) -> dict[str, str]:
    """Return the headers of a message, as Standard Webhooks has them."""
    key = base64.b64decode(example_sites.WEBHOOK_SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"msg_1.{at}.{body}".encode(), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": signature}


def test_a_genuine_message_makes_the_next_reader_see_the_change(
    publisher: Publisher, nextjs: NextJs
) -> None:
    nextjs.view()
    publisher.withdraw()
    assert nextjs.view().status == 200, "the copy is a few seconds old, and nobody has told"
    body = json.dumps({**EVENT, "data": {"slug": OCD, "seq": publisher.head}})
    assert post(nextjs, body, signed(body, int(time.time()))) == 204
    assert nextjs.view().status == 410


def test_a_message_during_an_outage_loses_nothing(publisher: Publisher, nextjs: NextJs) -> None:
    nextjs.view()
    publisher.faults = {"/": publishers.busy}
    body = json.dumps(EVENT)
    assert post(nextjs, body, signed(body, int(time.time()))) == 204
    assert nextjs.view().status == 200


@pytest.mark.parametrize("wrong", ["unsigned", "altered", "old"])
def test_a_message_that_is_not_genuine_is_refused_and_changes_nothing(
    publisher: Publisher, nextjs: NextJs, wrong: str
) -> None:
    nextjs.view()
    asked = len(publisher.answered)
    body = json.dumps(EVENT)
    headers = signed(body, int(time.time()) - (3600 if wrong == "old" else 0))
    headers = {} if wrong == "unsigned" else headers
    assert post(nextjs, body + " " * (wrong == "altered"), headers) == 401
    nextjs.view()
    assert len(publisher.answered) == asked


def test_the_head_has_the_canonical_address_and_the_notices_of_the_card(
    publisher: Publisher, nextjs: NextJs
) -> None:
    edition, page = publisher.read(), nextjs.view().page
    card = [d["short"] for d in edition["disclaimers"] if d["id"] in edition["surfaces"]["card"]]
    assert page.xpath("//title/text()") == [edition["title"]]
    assert page.xpath('//link[@rel="canonical"]/@href') == [edition["links"]["canonical"]]
    assert page.xpath('//meta[@name="robots"]/@content') == ["index"]
    assert len(card) > 1
    for name in ('@name="description"', '@property="og:description"'):
        assert page.xpath(f"//meta[{name}]/@content") == [" ".join(card)]


def test_search_engines_are_kept_out_where_the_rights_say_so_and_of_what_has_ended(
    publisher: Publisher, nextjs: NextJs
) -> None:
    publisher.faults = {f"{OCD}?": replaced('"indexing":"canonical"', '"indexing":"noindex"')}
    assert set(nextjs.view().page.xpath('//meta[@name="robots"]/@content')) == {"noindex"}
    publisher.faults = {}
    publisher.withdraw()
    nextjs.wait(example_sites.SOON)
    assert set(nextjs.view().page.xpath('//meta[@name="robots"]/@content')) == {"noindex"}


def test_an_address_that_no_article_can_have_is_not_asked_for(
    publisher: Publisher, nextjs: NextJs
) -> None:
    assert nextjs.view("..%2F..%2Fchanges").status == 404
    assert publisher.answered == []
