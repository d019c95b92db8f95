"""The topics and conditions of what is live."""

from flask import Response

from api import auth, caching, responses
from api.db import session
from api.examples import TOPICS_EXAMPLE
from api.openapi import Slice
from content import heads
from schemas.contexts import IncludeQuery
from schemas.meta import TopicListOut

bp = Slice("Topics", __name__, url_prefix="/v1/topics", description="What articles are about.")


@bp.get("")
@bp.query(IncludeQuery)
@bp.response(200, TopicListOut, example=TOPICS_EXAMPLE)
@bp.doc(operationId="listTopics", summary="List topics and conditions")
def index(query: dict[str, str]) -> Response:
    """Each with the number of live articles that have it."""
    head, test = caching.head(), auth.context(query).test
    data = {
        "sequence": head,
        "topics": _counted("topics", test=test),
        "conditions": _counted("conditions", test=test),
    }
    return responses.conditional(responses.of_data(data, sequence=head))


def _counted(kind: str, *, test: bool) -> list[dict[str, str | int]]:
    found = heads.count_tags(session(), kind, test=test)
    return [{"id": tag, "articles": count} for tag, count in found]
