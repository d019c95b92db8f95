"""The shapes of everything around the articles: topics, keys, health, who am I."""

from marshmallow import fields

from content.partners import ACTIVE
from schemas.fields import In, Out, names, whole
from schemas.partners import CONTACT, DOMAINS, TERMS, TOPICS, PlanOut


class TagOut(Out):
    """A topic or condition, and how many live articles have it."""

    id = fields.String(required=True)
    articles = whole(required=True)


class TopicListOut(Out):
    """The topics and conditions of what is live."""

    sequence = whole(required=True)
    topics = fields.List(fields.Nested(TagOut), required=True)
    conditions = fields.List(fields.Nested(TagOut), required=True)


class KeyOut(Out):
    """A public signing key as a JWK (RFC 7517, RFC 8037)."""

    kty = names("OKP")
    crv = names("Ed25519")
    x = fields.String(required=True)
    kid = fields.String(required=True)
    use = names("sig")
    alg = names("Ed25519")


class KeySetOut(Out):
    """All keys by which editions can be verified."""

    keys = fields.List(fields.Nested(KeyOut), required=True)


class SchemaListOut(Out):
    """Names and addresses of the JSON Schemas."""

    schemas = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class HealthOut(Out):
    """The process answers."""

    status = names("ok")


class WorkOut(Out):
    """What becomes of what is due: workers that were heard of within a minute, and since when."""

    workers = whole(required=True)
    last_beat = fields.AwareDateTime(required=True, allow_none=True)
    scheduled = whole(required=True, metadata={"description": "Releases that wait for their time."})
    unpurged = whole(
        required=True, metadata={"description": "Changes that a cache in front was not told of."}
    )


class ReadyOut(Out):
    """The process can deliver: database, schema, signing key and dates are in order."""

    status = names("ready")
    sequence = whole(required=True)
    work = fields.Nested(WorkOut, required=True)


class MeIn(In):
    """What a partner changes of itself."""

    contact = fields.String(allow_none=True, metadata=CONTACT)
    domains = fields.List(fields.String(), metadata=DOMAINS)
    terms = whole(metadata={"description": "The version of the terms that are accepted."})


class MeOut(Out):
    """Whose key or token this is; of a partner also what its keys open, and how much."""

    kind = names("partner", "editor")
    id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String()
    scopes = fields.List(fields.String(), metadata={"description": "What an editor may do."})
    audience = fields.String()
    channel = fields.String()
    locale = fields.String(allow_none=True)
    jurisdiction = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    topics = fields.List(fields.String(), allow_none=True, metadata=TOPICS)
    domains = fields.List(fields.String(), metadata=DOMAINS)
    plan = fields.Nested(PlanOut)
    terms = whole(allow_none=True, metadata=TERMS)
    terms_at = fields.AwareDateTime(allow_none=True)
    terms_now = whole(metadata={"description": "Version of the terms in force."})
    state = names(ACTIVE)
    created_at = fields.AwareDateTime()
