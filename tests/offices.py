"""Where every page of the console is, in an installation that listens."""

from dataclasses import dataclass

from content.db import Database


@dataclass(frozen=True)
class Office:
    """A running installation with a newsroom in it."""

    url: str
    database: Database
    token: str  # of an admin
    article: str
    live: str  # an article that readers have
    release: str  # that waits, with a change of policy in it
    partner: str
    webhook: str
    recall: str

    def pages(self) -> list[str]:
        """Return the address of every kind of page."""
        names = (
            *("", "/articles", "/tasks", "/calendar", "/visits", "/nothing", "/drafts/new"),
            *("/partners", f"/partners/{self.partner}", f"/partners/{self.partner}/{self.webhook}"),
            *("/key-requests", "/recalls", "/recalls/start?slug=sleep-habits-and-insomnia"),
            *(f"/recalls/{self.recall}", "/system"),
        )
        one, edit = f"/articles/{self.article}", f"/drafts/{self.article}/en/edit"
        policy = (
            *("/policy", "/policy?kind=rule", "/policy/disclaimer/age-limit", "/releases"),
            *("/policy/rule/minors-withhold-kratom", "/jurisdictions"),
            *("/policy/change/disclaimer?id=age-limit&locale=en", "/jurisdictions/US-AL"),
            *(
                "/policy/change/rule?id=a-new-rule",
                "/matrix",
                f"/matrix/{self.live}/en?jurisdiction=US",
            ),
            *(f"/releases/{self.release}", f"/releases/{self.release}/impact"),
        )
        text = f"{one}/en"
        below = (
            f"{text}/{name}" for name in ("owed?jurisdiction=US-AL", "history", "acts", "diff")
        )
        return [f"{self.url}/console{name}" for name in (*names, one, text, *below, edit, *policy)]
