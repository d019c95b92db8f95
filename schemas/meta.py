"""The shapes of everything around the articles: topics, keys, health, who am I."""

from marshmallow import fields

from schemas.fields import Out, names, whole


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


class ReadyOut(Out):
    """The process can deliver: database, schema, signing key and dates are in order."""

    status = names("ready")
    sequence = whole(required=True)
    work = fields.Nested(WorkOut, required=True)


class MeOut(Out):
    """Whose key or token this is, and the context that a partner's key gives."""

    kind = names("partner", "editor")
    id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String()
    scopes = fields.List(fields.String(), metadata={"description": "What an editor may do."})
    audience = fields.String()
    channel = fields.String()
    locale = fields.String(allow_none=True)
    jurisdiction = fields.String(allow_none=True)
