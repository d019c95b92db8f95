"""A small policy: all kinds of rules, texts and facts, over six places and two languages.

For tests that publish by the hundred, or change everything that can change: a check of one
publication takes milliseconds here, and every fact has other values that it may take.
"""

from datetime import date
from typing import Any

from factories import NOW, PUBLIC_URL

from content import changes, disclaimers, lapses, signing
from content.db import Database
from content.editorial import publishing
from content.located import Located
from content.models.log import (
    DisclaimerVersion,
    Fact,
    JurisdictionFact,
    Mention,
    Rule,
    SiteFact,
    SourceMark,
)
from content.policy.files import Item
from content.signing import Keyring

FILE = Located("{}", "test")
DATED = {"as_of": "2026-01-01", "confidence": "high", "source": "A test."}
LATE, SOON = date(2036, 1, 1).isoformat(), date(2026, 12, 24).isoformat()


def say(text: str) -> dict[str, str]:
    """Return a text in both languages."""
    return {"en": text, "de": f"{text} (de)"}


def site(name: str, data: Any) -> Fact:
    """Return a fact about the publisher."""
    return SiteFact(id=name, data=data)


def rule(name: str, *require: str, when: dict[str, Any] | None = None, **effect: Any) -> Fact:
    """Return a rule."""
    data = {"because": "A test.", "when": when or {}, "require": list(require), **effect}
    return Rule(id=name, data=data)


def lift(name: str, disclaimer: str, level: str, when: dict[str, Any] | None = None) -> Fact:
    """Return a rule that shows a disclaimer at a higher level."""
    return rule(name, when=when, **{"raise": {"disclaimer": disclaimer, "level": level}})


def no_rule(name: str) -> Fact:
    """Return the row by which a rule stops."""
    return Rule(id=name, data=None)


def mention(name: str, *terms: str) -> Fact:
    """Return the words of a mention."""
    return Mention(id=name, data={"en": list(terms), "de": list(terms)})


def mark(source: str, notice: str) -> Fact:
    """Return that a source was retracted."""
    return SourceMark(id=source, data={"status": "retracted", "notice": notice, "url": None})


def place(code: str, within: str | None = None, *members: str) -> Fact:
    """Return a place."""
    data = {"name": say(f"Place {code}"), "within": within, "members": list(members)}
    return JurisdictionFact(code=code, fact="place", data=data)


def law(code: str, text: str, *status: str, recheck_by: str = LATE) -> Fact:
    """Return what the law of a place says about sleep."""
    data = {"status": list(status), "text": say(text), "recheck_by": recheck_by, **DATED}
    return JurisdictionFact(code=code, fact="law/sleep", data=data)


def helplines(code: str, phrase: str, *kinds: str, recheck_by: str = LATE) -> Fact:
    """Return contacts of a place; without kinds, all four."""
    contact = {"phrase": say(phrase), "label": say("Help"), "actions": []}
    wanted = kinds or ("emergency", "crisis", "poison", "directory")
    data = {**dict.fromkeys(wanted, contact), "recheck_by": recheck_by, **DATED}
    return JurisdictionFact(code=code, fact="help", data=data)


def authority(code: str, as_of: str) -> Fact:
    """Return the position of the authority that is quoted everywhere."""
    data = {**DATED, "as_of": as_of, "text": say("Not approved."), "recheck_by": LATE}
    return JurisdictionFact(code=code, fact="authority/fda", data=data)


def disclaimer(name: str, text: str, group: str = "safety", level: str = "foot") -> list[Fact]:
    """Return the words of a disclaimer in both languages."""
    shape = {"kind": "safety", "group": group, "obligation": "mandatory", "order": 1}
    display = {"display": {"level": level, "anchor": None}, "actions": ["crisis"], "terms": []}
    return [
        DisclaimerVersion(
            id=name,
            locale=locale,
            data={**shape, **display, "short": words[:100], "text": words, "variants": []},
        )
        for locale, words in say(text).items()
    ]


def labels(word: str) -> dict[str, dict[str, str]]:
    """Return the headings of notices, in English another word than in German."""
    return {
        locale: dict.fromkeys(disclaimers.GROUPS, text)
        for locale, text in (("en", word), ("de", "Notes"))
    }


def all_facts() -> list[Fact]:
    """Return a whole policy."""
    facts = {
        "publisher": "The test desk",
        "contact_url": "https://test.example/contact",
        "public_url": PUBLIC_URL,
        "locales": ["de", "en"],
        "default_locale": "en",
        "licence": "LicenseRef-Test",
        "attribution": "The test desk",
        "modification_allowed": False,
        "indexing": "canonical",
        "terms": ["Keep the notices."],
        "recheck_after": "P1D",
        "max_offline": "P7D",
        "notice_labels": labels("Notes"),
    }
    return [
        *(site(name, value) for name, value in facts.items()),
        mention("worry", "worried"),
        place("001"),
        place("ZZ"),
        place("US", "001"),
        place("US-AL", "US"),
        place("GB", "001"),
        place("EU", "001", "AT"),
        law("ZZ", "no law was checked", "unknown"),
        law("US", "allowed", "regulated"),
        law("US-AL", "banned", "banned"),
        helplines("ZZ", "your local number"),
        helplines("US", "911"),
        authority("US", "2026-04-30"),
        *disclaimer("not-medical-advice", "This is no advice.", level="lead"),
        *disclaimer("crisis-support", "Call {crisisLine.callText} now.", "help", "alert"),
        *disclaimer("law-note", "{jurisdictionName}: {statusText}, as of {asOf}.", "law"),
        *disclaimer("fda-note", "Position of {fdaAsOf}.", "law"),
        *disclaimer("stale-content", "This may be out of date.", "status"),
        *disclaimer("correction-notice", "On {correctedOn}: {correctionText}", "status"),
        *disclaimer("shop-note", "Written by {publisher}, not by the seller."),
        rule("all", "not-medical-advice"),
        rule("sleep", "law-note", when={"topics": ["sleep"]}),
        rule("fda", "fda-note", when={"topics": ["sleep"], "jurisdiction": ["US", "EU", "GB"]}),
        rule("worry", "crisis-support", when={"mentions": ["worry"]}),
        rule("old", "stale-content", when={"review": ["lapsed"]}),
        rule("old-law", "stale-content", when={"facts": ["law-lapsed"]}),
        rule("corrected", "correction-notice", when={"facts": ["corrected"]}),
        lift("corrected-lately", "correction-notice", "lead", {"facts": ["corrected-recently"]}),
        lift("corrected-since", "correction-notice", "lead", {"facts": ["corrected-since"]}),
        lift("retracted", "correction-notice", "lead", {"facts": ["retracted"]}),
        rule("shop", "shop-note", when={"channel": ["retail"]}),
        rule("minors", when={"audience": ["minors"]}, withhold={"status": 403}),
    ]


def record(database: Database, *facts: Fact) -> range | None:
    """Write facts in one group and one transaction, as an import does."""
    items = [Item(fact, None, FILE, "") for fact in facts]
    with database.write() as session:
        numbers = publishing.publish(session, items=items, by="test", now=NOW)
        session.commit()
    return numbers


def begin_key(database: Database, keyring: Keyring) -> str:
    """Let a new key begin to sign; return its kid."""
    kid = keyring.add_new()
    with database.write() as session:
        changes.append(session, [signing.begin(keyring, kid)], by="test", now=NOW)
        session.commit()
    return kid


def lapse(database: Database, today: Any) -> int:
    """Record what is overdue on a day."""
    with database.write() as session:
        count = len(lapses.record(session, by="test", now=today))
        session.commit()
    return count


def fill_small(database: Database, keyring: Keyring) -> None:
    """Put one key and the whole small policy into an empty database: two groups."""
    begin_key(database, keyring)
    record(database, *all_facts())
