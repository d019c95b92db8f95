"""The topics and conditions of what is live."""

from flask import Response

from api import caching, responses
from api.db import session
from api.examples import TOPICS_EXAMPLE
from api.openapi import Slice
from content import heads
from schemas.fields import Query
from schemas.meta import TopicListOut

bp = Slice("Topics", __name__, url_prefix="/v1/topics", description="What articles are about.")


@bp.get("")
@bp.query(Query)
@bp.response(200, TopicListOut, example=TOPICS_EXAMPLE)
@bp.doc(operationId="listTopics", summary="List topics and conditions")
def index(query: dict[str, str]) -> Response:
    """Each with the number of live articles that have it."""
    head = caching.head()
    data = {
        "sequence": head,
        "topics": _counted("topics"),
        "conditions": _counted("conditions"),
    }
    return responses.conditional(responses.of_data(data, sequence=head))


def _counted(kind: str) -> list[dict[str, str | int]]:
    return [{"id": tag, "articles": count} for tag, count in heads.count_tags(session(), kind)]
