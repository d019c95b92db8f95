"""Editors and their tokens: who makes content, and by which secrets each is known."""

from marshmallow import fields, validate

from content.editors import MAX_NAME, ROLES, SCOPES
from schemas.fields import In, Out, names

NAME = validate.Length(max=MAX_NAME)


class EditorIn(In):
    """A new editor."""

    name = fields.String(required=True, validate=NAME)
    role = names(*ROLES)


class RoleIn(In):
    """Another role for an editor."""

    role = names(*ROLES)


class EditorOut(Out):
    """Who makes content; `active` while one of their tokens is good."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    role = names(*ROLES)
    active = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)


class EditorListOut(Out):
    """Everybody who makes content, oldest first."""

    editors = fields.List(fields.Nested(EditorOut), required=True)


class TokenIn(In):
    """A new token: what it is for, what it may do (none: all that the role may), until when."""

    name = fields.String(load_default="", validate=NAME)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        load_default=None,
        validate=validate.Length(min=1, max=len(SCOPES)),
    )
    expires_at = fields.AwareDateTime(load_default=None)


class TokenOut(Out):
    """A token without its secret; `last_used_at` is known to the minute."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    state = names("good", "revoked", "ended")
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)


class NewTokenOut(TokenOut):
    """A token with its secret, which is shown this once."""

    token = fields.String(required=True)


class TokenListOut(Out):
    """The tokens of an editor, oldest first, the revoked ones too."""

    tokens = fields.List(fields.Nested(TokenOut), required=True)
