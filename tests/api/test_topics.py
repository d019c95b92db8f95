"""The topics and conditions of what is live."""

import delivery
from delivery import OCD, SLEEP, read_json
from factories import publish
from flask.testing import FlaskClient

from content.db import Database
from schemas.meta import TopicListOut


def test_topics_and_conditions_are_counted_by_article(client: FlaskClient) -> None:
    body = read_json(client, "/v1/topics")
    assert TopicListOut().validate(body) == {}
    assert body["topics"] == [{"id": "kratom", "articles": 2}, {"id": "sleep", "articles": 1}]
    conditions = {one["id"]: one["articles"] for one in body["conditions"]}
    assert conditions == {"anxiety": 1, "depression": 1, "insomnia": 1, "ocd": 1}


def test_what_ends_is_no_longer_counted(client: FlaskClient, library: Database) -> None:
    delivery.end(library, OCD)
    delivery.end(library, SLEEP)
    body = read_json(client, "/v1/topics")
    assert body["topics"] == [{"id": "kratom", "articles": 1}]
    assert body["conditions"] == [{"id": "depression", "articles": 1}]
    assert body["sequence"] == delivery.head(library)


def test_new_tags_take_the_place_of_the_old(client: FlaskClient, library: Database) -> None:
    publish(library, topics=["tea"], conditions=[])
    publish(library, topics=["coffee"], conditions=[])
    topics = {one["id"]: one["articles"] for one in read_json(client, "/v1/topics")["topics"]}
    assert "tea" not in topics
    assert topics["coffee"] == 1
