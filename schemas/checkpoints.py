"""The shapes of checkpoints, and of the proofs that come with them."""

from marshmallow import fields

from schemas.fields import MAX_NUMBER, Out, Query, names, number, whole

HASHES = {"description": "SHA-256 each, in hexadecimal digits, in the order of RFC 9162."}


class CheckpointQuery(Query):
    """Which checkpoint, and what it shall prove."""

    at = number(
        low=1,
        high=MAX_NUMBER,
        metadata={"description": "The first that vouches for this number; left out: the newest."},
    )
    from_ = number(
        data_key="from",
        low=1,
        high=MAX_NUMBER,
        metadata={
            "description": "With the proof that its log goes on from that of the checkpoint that "
            "you have kept: give its `sequence`."
        },
    )
    change = number(
        low=1,
        high=MAX_NUMBER,
        metadata={"description": "With the proof that the change of this number is in its log."},
    )


class SubjectLeafOut(Out):
    """What a change is about."""

    type = fields.String(required=True)
    id = fields.String(required=True)


class LeafOut(Out):
    """What of a change is hashed: what `/v1/changes` says of it for ever, as canonical JSON."""

    seq = whole(required=True)
    group_end = whole(required=True)
    at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True)
    subject = fields.Nested(SubjectLeafOut, required=True)
    impact = fields.String(required=True)
    scope = names("listed", "all")
    notice = fields.String(required=True, allow_none=True)
    fact = fields.String(required=True, allow_none=True)


class InclusionOut(Out):
    """The proof that a change is in the log (RFC 9162, 2.1.3.2): its index is `seq` - 1."""

    leaf = fields.Nested(LeafOut, required=True)
    hashes = fields.List(fields.String(), required=True, metadata=HASHES)


class ConsistencyOut(Out):
    """The proof that the log goes on from an earlier one (RFC 9162, 2.1.4.2)."""

    from_ = whole(data_key="from", required=True)
    hashes = fields.List(fields.String(), required=True, metadata=HASHES)


class SignatureOut(Out):
    """By which key, and the detached JWS over the canonical `{at, root, sequence}`."""

    kid = fields.String(required=True)
    jws = fields.String(required=True)


class CheckpointOut(Out):
    """A signed statement: the log had this root when this was its newest number."""

    sequence = whole(required=True)
    root = fields.String(
        required=True, metadata={"description": "`sha256:` and the Merkle tree hash of RFC 9162."}
    )
    at = fields.AwareDateTime(required=True)
    integrity = fields.Nested(SignatureOut, required=True)
    consistency = fields.Nested(ConsistencyOut, metadata={"description": "With `from`."})
    inclusion = fields.Nested(InclusionOut, metadata={"description": "With `change`."})
