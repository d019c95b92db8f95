"""All types of problems: status, meaning and what to do, as ``/problems/{type}`` tells."""

from dataclasses import dataclass

KEEP = "Your copy stays good as long as its `freshness` says."


@dataclass(frozen=True)
class Problem:
    """One type of problem; ``your_copy`` says what to do with a copy of the article."""

    status: int
    title: str
    explanation: str
    your_copy: str | None = None


PROBLEMS = {
    "bad-request": Problem(
        400,
        "The request is malformed",
        "A parameter is unknown, repeated or malformed; `errors` names it and the fix.",
    ),
    "unauthorized": Problem(
        401,
        "A valid key is needed",
        "No key was sent, or it is unknown, expired or revoked. "
        "Send `Authorization: Bearer <key>`.",
    ),
    "forbidden": Problem(
        403,
        "You may not do this",
        "Your key or token is good, but it may not do this; `detail` names what it lacks.",
    ),
    "secret-in-page": Problem(
        403,
        "A secret key is in a page",
        "A browser sent an account key from a page, where everybody can read it: revoke it at "
        "`DELETE /v1/me/keys/{id}`, and give the page a site key.",
    ),
    "not-entitled": Problem(
        403,
        "Your key does not open this article",
        "The partner is entitled to other topics; `GET /v1/me` names them. Remove the article "
        "where only this key opened it.",
        "remove-here",
    ),
    "withheld-for-audience": Problem(
        403,
        "Withheld for this audience",
        "A rule withholds the article from this audience. Remove it where they can see it.",
        "remove-here",
    ),
    "not-found": Problem(
        404,
        "There is no such thing",
        "The address names nothing that is, or was, published here.",
    ),
    "method-not-allowed": Problem(
        405, "The method is not allowed", "`Allow` names the methods that this address knows."
    ),
    "not-acceptable": Problem(
        406, "No acceptable format", "`Accept` leaves none of the formats that `detail` names."
    ),
    "conflict": Problem(
        409,
        "Somebody else was faster",
        "What you saw has changed meanwhile. Read again and repeat.",
    ),
    "illegal-transition": Problem(
        409,
        "This cannot be done in this state",
        "`legal` lists what can be done now.",
    ),
    "gone": Problem(
        410,
        "The article is no longer published",
        "It was withdrawn, suspended, replaced or redacted. Remove your copy, and show the notice "
        "and the help in its place.",
        "remove",
    ),
    "preview-over": Problem(
        410,
        "The preview is over",
        "It was revoked, it has ended, or its draft is gone. Ask an editor for a new one.",
        "remove",
    ),
    "precondition-failed": Problem(
        412,
        "It is not what you expect",
        "The answer has another entity tag than `If-Match` asks for. Read it without. Of a draft, "
        "`version` is the one that is there now: somebody has changed it since you read it.",
    ),
    "too-large": Problem(413, "The request is too large", "Send less."),
    "uri-too-long": Problem(414, "The address is too long", "Send fewer or shorter parameters."),
    "unsupported-media-type": Problem(
        415, "The format is not read here", "`detail` names the formats that this address reads."
    ),
    "invalid": Problem(
        422,
        "The content is not valid",
        "It is well formed, and something in it is missing or refused; `errors` names every place "
        "by JSON Pointer (RFC 6901), and the fix.",
    ),
    "precondition-required": Problem(
        428,
        "Say which version you have seen",
        "Send `If-Match` with the `ETag` that you have read, so that nobody's work is lost.",
    ),
    "withheld-by-law": Problem(
        451,
        "Withheld by law in this place",
        "The law of the place forbids to show it. Remove your copy there.",
        "remove-here",
    ),
    "too-many-requests": Problem(
        429,
        "Your plan has nothing left",
        "`violated-policies` names the limits, `RateLimit-Policy` what they are. Ask again after "
        f"`Retry-After` seconds. {KEEP}",
        "keep",
    ),
    "range-not-satisfiable": Problem(
        416,
        "There is no such range",
        "`Content-Range` says how long the answer is; it may be that you have all of it.",
    ),
    "internal-error": Problem(
        500, "Something went wrong here", f"The fault is ours. {KEEP} Quote `request_id`.", "keep"
    ),
    "not-offered": Problem(
        501, "The format is not offered", "This address gives JSON only; leave `format` out."
    ),
    "unresolvable": Problem(
        503,
        "What the article owes cannot be resolved",
        f"A disclaimer that the article owes is missing, so the article is not shown. {KEEP}",
        "keep",
    ),
    "unavailable": Problem(
        503,
        "The service is not ready",
        f"The database, a key or a due date is not in order. {KEEP}",
        "keep",
    ),
}
