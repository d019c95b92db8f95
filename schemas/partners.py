"""The shapes of partners: who takes content, and what their keys open."""

from marshmallow import fields, validate

from content.contexts import AUDIENCES, CHANNELS
from content.key_requests import APPROVED, DECLINED, TAKEN, WAITING
from content.partners import ACTIVE, SUSPENDED
from schemas.contexts import CONTEXT_HELP
from schemas.fields import In, Out, Query, names, number, whole

MAX_LIMIT = 200
CONTACT = {"description": "An e-mail address."}
TOPICS = {"description": "Topics of the articles that its keys open; null: all."}
DOMAINS = {"description": "Where its site keys stand, such as `example.org` or `*.example.org`."}
TERMS = {"description": "Version of the terms that it has accepted."}


class PageQuery(Query):
    """Where a list goes on."""

    after = fields.String(
        validate=validate.Regexp("^[a-z0-9-]{0,80}$"),
        metadata={"description": "`next` of the page before."},
    )
    limit = number(
        low=1, high=MAX_LIMIT, load_default=50, metadata={"description": "How many of them."}
    )


class RequestQuery(PageQuery):
    """Which requests for keys."""

    state = fields.String(
        validate=validate.OneOf([WAITING]),
        metadata={"description": "Only those that nobody has decided; left out: all."},
    )


class PartnerChangeIn(In):
    """What of a partner changes; a name that is left out stays as it is."""

    name = fields.String()
    contact = fields.String(allow_none=True, metadata=CONTACT)
    audience = fields.String(validate=validate.OneOf(AUDIENCES))
    channel = fields.String(validate=validate.OneOf(CHANNELS))
    locale = fields.String(allow_none=True, metadata={"description": CONTEXT_HELP["locale"]})
    jurisdiction = fields.String(
        allow_none=True, metadata={"description": CONTEXT_HELP["jurisdiction"]}
    )
    topics = fields.List(fields.String(), allow_none=True, metadata=TOPICS)
    domains = fields.List(fields.String(), metadata=DOMAINS)
    plan = fields.String(metadata={"description": "One of the installation's plans."})


class PartnerIn(PartnerChangeIn):
    """A partner. What is left out has its most careful value, all topics, and the first plan."""

    name = fields.String(required=True)


class PlanOut(Out):
    """How much a partner's keys may ask for, together."""

    name = fields.String(required=True)
    minute = whole(required=True)
    day = whole(required=True)


class PartnerOut(Out):
    """Who takes content."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    contact = fields.String(required=True, allow_none=True)
    audience = names(*AUDIENCES)
    channel = names(*CHANNELS)
    locale = fields.String(required=True, allow_none=True)
    jurisdiction = fields.String(required=True, allow_none=True)
    topics = fields.List(fields.String(), required=True, allow_none=True, metadata=TOPICS)
    domains = fields.List(fields.String(), required=True, metadata=DOMAINS)
    plan = fields.String(required=True)
    terms = whole(required=True, allow_none=True, metadata=TERMS)
    terms_at = fields.AwareDateTime(required=True, allow_none=True)
    state = names(ACTIVE, SUSPENDED)
    created_at = fields.AwareDateTime(required=True)


class PartnerListOut(Out):
    """Partners in the order in which they came; `next` is where to go on, null at the end."""

    partners = fields.List(fields.Nested(PartnerOut), required=True)
    next = fields.String(required=True, allow_none=True)


class KeyRequestOut(Out):
    """Somebody asks to become a partner."""

    id = fields.String(required=True)
    state = names(WAITING, APPROVED, DECLINED, TAKEN)
    name = fields.String(required=True)
    contact = fields.String(required=True)
    purpose = fields.String(required=True)
    audience = names(*AUDIENCES)
    channel = names(*CHANNELS)
    locale = fields.String(required=True, allow_none=True)
    jurisdiction = fields.String(required=True, allow_none=True)
    domains = fields.List(fields.String(), required=True)
    terms = whole(required=True, metadata=TERMS)
    partner = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)


class KeyRequestListOut(Out):
    """Requests, oldest first; `next` is where to go on, null at the end."""

    requests = fields.List(fields.Nested(KeyRequestOut), required=True)
    next = fields.String(required=True, allow_none=True)
