"""The query that asks for a context, and the context as an answer states it."""

from marshmallow import fields

from content.contexts import AUDIENCES, CHANNELS, JURISDICTION, LOCALE, TEST
from schemas.fields import Out, Query, listed, names

CONTEXT_HELP = {
    "locale": "BCP 47 tag of the language; left out: the site's default.",
    "jurisdiction": "ISO 3166-1 or 3166-2 code, such as `GB` or `US-AL`; left out: worldwide.",
    "audience": f"One of {', '.join(AUDIENCES)}; left out: the most careful, `general`.",
    "channel": f"One of {', '.join(CHANNELS)}; left out: the most careful, `unknown`.",
}


LEFT_OUT = (TEST,)  # what is left out of an answer unless ``include`` names it
LOCALE_PATTERN = f"^{LOCALE.pattern}$"
CHOICES: dict[str, dict[str, object]] = {  # described here; checked, with hints, by the domain
    "locale": {"pattern": LOCALE_PATTERN},
    "jurisdiction": {"pattern": f"^({JURISDICTION.pattern})$"},
    "audience": {"enum": list(AUDIENCES)},
    "channel": {"enum": list(CHANNELS)},
}


def _parameter(name: str, example: str) -> fields.String:
    facts = {"description": CONTEXT_HELP[name], "examples": [example]}
    return fields.String(metadata={**facts, **CHOICES[name]})


class IncludeQuery(Query):
    """What is left out of an answer unless it is asked for."""

    include = fields.String(
        metadata={
            "description": "Comma-separated names of what is left out otherwise: `test`, the test "
            "articles of the sandbox.",
            "pattern": listed(LEFT_OUT),
            "examples": ["test"],
        }
    )


class ContextQuery(IncludeQuery):
    """For whom an answer is made."""

    locale = _parameter("locale", "en")
    jurisdiction = _parameter("jurisdiction", "US-AL")
    audience = _parameter("audience", "general")
    channel = _parameter("channel", "publisher")


class JurisdictionOut(Out):
    """The nearest place that has data, `001` for worldwide, `ZZ` for an unknown place."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class ContextOut(Out):
    """Whom an edition is for: what was served, never what was asked for."""

    locale = fields.String(required=True)
    jurisdiction = fields.Nested(JurisdictionOut, required=True)
    audience = names(*AUDIENCES)
    channel = names(*CHANNELS)
