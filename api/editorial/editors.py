"""Editors and their tokens: for admins. What an editor did stays under their id when they go."""

from typing import Any

from flask import Response

from api.db import installation, now, session, writing
from api.editorial import Desk, answer, noted
from content import credentials, editors
from content.models.access import Credential, Editor
from schemas.editors import (
    EditorIn,
    EditorListOut,
    EditorOut,
    NewTokenOut,
    RoleIn,
    TokenIn,
    TokenListOut,
    TokenOut,
)
from schemas.fields import Query

bp = Desk("Editors", __name__, url_prefix="/v1/editorial/editors", description="Who makes content.")


@bp.get("")
@bp.needs(editors.ADMIN)
@bp.query(Query)
@bp.response(200, EditorListOut)
@bp.doc(operationId="listEditors", summary="List who makes content")
def index(query: dict[str, Any]) -> Response:
    """Everybody who ever had a token, oldest first."""
    found = editors.everybody(session(), now())
    return answer({"editors": [_editor(editor, active=active) for editor, active in found]})


@bp.post("")
@bp.needs(editors.ADMIN)
@bp.body(EditorIn)
@bp.response(201, EditorOut)
@bp.doc(operationId="addEditor", summary="Add an editor")
def add(body: dict[str, Any]) -> Response:
    """Whoever is new has no token yet; add one next."""
    with writing() as session:
        editor = editors.add(session, body["name"], role=body["role"], now=now())
        noted(session, "editor.add", "editor", editor.id, role=editor.role)
        session.commit()
    return answer(_editor(editor, active=False), 201)


@bp.patch("/<slug:id>")
@bp.needs(editors.ADMIN)
@bp.body(RoleIn)
@bp.response(200, EditorOut)
@bp.doc(operationId="giveRole", summary="Give an editor another role")
def give(body: dict[str, Any], id: str) -> Response:
    """Tokens that there are can do no more than the new role from now on."""
    with writing() as session:
        before = editors.find(session, id).role
        editor = editors.give(session, id, role=body["role"])
        active = editors.is_active(session, id, now())
        noted(session, "editor.role", "editor", id, before=before, role=editor.role)
        session.commit()
    return answer(_editor(editor, active=active))


@bp.get("/<slug:id>/tokens")
@bp.needs(editors.ADMIN)
@bp.query(Query)
@bp.response(200, TokenListOut)
@bp.doc(operationId="listTokens", summary="List the tokens of an editor")
def list_tokens(query: dict[str, Any], id: str) -> Response:
    """What each may do, until when, and when it was last used; never the token itself."""
    editor = editors.find(session(), id)
    found = credentials.of(session(), editor)
    return answer({"tokens": [_token(editor, one) for one in found]})


@bp.post("/<slug:id>/tokens")
@bp.needs(editors.ADMIN)
@bp.body(TokenIn)
@bp.response(201, NewTokenOut)
@bp.doc(operationId="addToken", summary="Add a token of an editor")
def add_token(body: dict[str, Any], id: str) -> Response:
    """The token is in this answer and nowhere else."""
    with writing() as session:
        editor, pepper = editors.find(session, id), installation().pepper
        made, token = credentials.add(session, editor, pepper=pepper, now=now(), **body)
        noted(session, "token.add", "token", made.id, **credentials.described(made))
        session.commit()
    return answer({**_token(editor, made), "token": token}, 201)


@bp.delete("/<slug:id>/tokens/<slug:token>")
@bp.needs(editors.ADMIN)
@bp.query(Query)
@bp.response(200, TokenOut)
@bp.doc(operationId="revokeToken", summary="Revoke a token")
def revoke(query: dict[str, Any], id: str, token: str) -> Response:
    """It opens nothing from now on; again is no error."""
    with writing() as session:
        editor = editors.find(session, id)
        found = credentials.revoke(session, editor, token, now=now())
        noted(session, "token.revoke", "token", token, editor=id)
        session.commit()
    return answer(_token(editor, found))


def _editor(editor: Editor, *, active: bool) -> dict[str, Any]:
    facts = {name: getattr(editor, name) for name in ("id", "name", "role")}
    return {**facts, "active": active, "created_at": editor.created_at.isoformat()}


def _token(editor: Editor, one: Credential) -> dict[str, Any]:
    times = ("created_at", "expires_at", "last_used_at")
    may = editors.scopes(editor.role)
    return {
        "id": one.id,
        "name": one.name,
        "scopes": sorted(may if one.scopes is None else may.intersection(one.scopes)),
        "state": one.state(now()),
        **{name: at.isoformat() if (at := getattr(one, name)) else None for name in times},
    }
