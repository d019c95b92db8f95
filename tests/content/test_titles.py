"""The title of a draft stands beside its text: always the same, also where the schema was older."""

from factories import NOW, Databases, make_manuscript
from sqlalchemy import text

from content import documents
from content.db import Database
from content.editorial import drafts
from content.models.editorial import Draft

TITLE = 'Sleep: "what", <b>why</b> & l’été'


def test_a_draft_of_an_earlier_schema_gets_its_title(databases: Databases) -> None:
    database = Database(databases.new())
    database.migrate(to="0020")
    manuscript = documents.kept(make_manuscript(title=TITLE))
    row = {"text": manuscript, "authors": '["a"]', "at": "2026-11-23 12:00:00+00:00"}
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO articles (id) VALUES ('one')"))
        names = "article, locale, slug, version, state, manuscript, authors, updated_at, updated_by"
        values = "'one', 'en', 'a-slug', 1, 'draft', :text, :authors, :at, 'a'"
        connection.execute(text(f"INSERT INTO drafts ({names}) VALUES ({values})"), row)  # noqa: S608
    database.migrate()
    with database.read() as session:
        assert session.get_one(Draft, ("one", "en")).title == TITLE
    database.close()


def test_a_title_follows_its_text(database: Database) -> None:
    with database.write() as session:
        draft = drafts.create(session, make_manuscript(title="Before it"), by="a", now=NOW)
        assert draft.title == "Before it"
        draft = drafts.save(session, draft, make_manuscript(title=TITLE), by="a", now=NOW)
        assert draft.title == TITLE
