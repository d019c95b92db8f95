"""The life of an article at the console, by three people: by mouse, and by keyboard alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import delivery
import httpx
import pytest
from consoles import listening
from factories import Databases, make_manuscript
from newsroom import hire
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from api import db
from content.db import Database
from content.editorial import drafts
from content.signing import Keyring

ROLES = ("author", "reviewer", "publisher")
FARTHEST = 80  # presses of Tab until something has to be reached


@dataclass
class Office:
    """A running installation, and who works there."""

    url: str
    database: Database
    people: dict[str, tuple[str, str]] = field(default_factory=dict)  # id and token by role

    def draft(self, slug: str) -> str:
        """Let the author start an article; return the address of its page."""
        with self.database.write() as session:
            manuscript = make_manuscript(slug=slug, title=f"A text on {slug}")
            by = self.people["author"][0]
            made = drafts.create(session, manuscript, by=by, now=db.now())
            session.commit()
            return f"{self.url}/console/articles/{made.article}"

    def status(self, slug: str) -> int:
        """Return what readers are answered."""
        return httpx.get(f"{self.url}/v1/articles/{slug}").status_code


@pytest.fixture(scope="module")
def office(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Office]:
    """One installation that listens, with an author, a reviewer and a publisher."""
    folder = tmp_path_factory.mktemp("office")
    with (
        delivery.copied(databases, full_template, keyring, folder) as (database, app),
        listening(app) as url,
    ):
        yield Office(url, database, {role: hire(database, role) for role in ROLES})


@dataclass
class Hand:
    """How somebody works: what they do to a control of a page."""

    page: Page

    def press(self, one: Locator) -> None:
        """Press a button, open what is closed, follow a link."""
        one.click()

    def write(self, one: Locator, text: str) -> None:
        """Write into a field."""
        one.click()
        one.press_sequentially(text)


class Keys(Hand):
    """Somebody without a mouse: Tab until it is there, then Enter."""

    def press(self, one: Locator) -> None:
        """Go there and press it."""
        self.reach(one)
        self.page.keyboard.press("Enter")

    def write(self, one: Locator, text: str) -> None:
        """Go there and type."""
        self.reach(one)
        self.page.keyboard.type(text)

    def reach(self, one: Locator) -> None:
        """Press Tab until a control has the focus, which has to be seen there."""
        expect(one).to_be_visible()
        for _ in range(FARTHEST):
            if one.evaluate("one => one === document.activeElement"):
                assert one.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {one}")


def sit_down(context: BrowserContext, office: Office, role: str, heard: list[str]) -> Page:
    """Sign in."""
    page = context.new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(f"{office.url}/console")
    page.get_by_label("Editor's token").fill(office.people[role][1])
    page.get_by_label("Editor's token").press("Enter")
    page.wait_for_url("**/console")
    return page


@pytest.mark.parametrize("hand", [Hand, Keys])
def test_three_people_take_a_text_from_its_draft_to_its_end(
    browser: Browser, office: Office, hand: Callable[[Page], Hand]
) -> None:
    slug = f"by-{hand.__name__.lower()}"  # type: ignore[attr-defined] # both are classes
    article, heard = office.draft(slug), list[str]()
    contexts = [browser.new_context() for _ in ROLES]
    seats = zip(contexts, ROLES, strict=True)
    pages = [sit_down(context, office, role, heard) for context, role in seats]
    author, reviewer, publisher = map(hand, pages)
    _submit(author, f"{article}/en")
    _give_back(reviewer, slug)
    _submit(author, f"{article}/en")
    _approve(reviewer, f"{article}/en")
    assert office.status(slug) == 404
    _publish(publisher, slug)
    assert office.status(slug) == 200
    _withdraw(publisher, article)
    assert office.status(slug) == 410
    assert heard == []
    for context in contexts:
        context.close()


def _submit(author: Hand, address: str) -> None:
    page = author.page
    page.goto(address)
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    author.press(page.get_by_role("button", name="Submit for review"))
    expect(page.get_by_role("status")).to_have_text("It waits for a reviewer now.")
    expect(page.get_by_text("You have written at it; somebody else has to")).to_be_visible()


def _give_back(reviewer: Hand, slug: str) -> None:
    """Find it on the desk, see what it owes and what is new in it, and give it back."""
    page = reviewer.page
    page.goto(page.url.partition("/console")[0] + "/console")
    reviewer.press(page.get_by_role("link", name=f"A text on {slug}"))
    reviewer.press(page.get_by_role("link", name="What it owes, and why"))
    expect(page.get_by_role("heading", name="Rules that apply")).to_be_visible()
    page.go_back()
    reviewer.press(page.get_by_text("Request changes …"))
    reviewer.write(page.get_by_label("What should change"), "Say it in shorter words.")
    reviewer.press(page.get_by_role("button", name="Request changes"))
    expect(page.get_by_role("status")).to_have_text("It is back with its authors.")
    expect(page.get_by_text("Say it in shorter words.")).to_be_visible()


def _approve(reviewer: Hand, address: str) -> None:
    page = reviewer.page
    page.goto(address)
    reviewer.press(page.get_by_role("button", name="Dealt with"))
    reviewer.press(page.get_by_role("button", name="Approve"))
    expect(page.get_by_role("status")).to_have_text("It is approved.")
    expect(page.get_by_role("button", name="Publish now")).to_have_count(0)


def _publish(publisher: Hand, slug: str) -> None:
    page = publisher.page
    page.goto(page.url.partition("/console")[0] + "/console")
    publisher.press(page.get_by_role("link", name=f"A text on {slug}"))
    publisher.press(page.get_by_role("button", name="Publish now"))
    expect(page.get_by_role("status")).to_contain_text("It is live, as change")
    publisher.press(page.get_by_role("link", name="History"))
    expect(page.get_by_role("row").nth(1)).to_contain_text("Live")


def _withdraw(publisher: Hand, article: str) -> None:
    page = publisher.page
    page.goto(article)
    publisher.press(page.get_by_text("Withdraw …"))
    form = page.locator("details[open] form")
    publisher.write(form.get_by_label("What readers are told"), "A figure in it was wrong.")
    publisher.write(form.get_by_label("Why"), "The trial was misread.")
    publisher.press(form.get_by_role("button", name="Withdraw the article"))
    expect(page.get_by_role("status")).to_contain_text("It is taken down, as change")
    expect(page.get_by_text("Withdrawn", exact=True)).to_be_visible()
