"""The shape of the list of places."""

from marshmallow import fields

from schemas.contexts import LOCALE_PATTERN, JurisdictionOut
from schemas.fields import Out, Query, whole


class JurisdictionQuery(Query):
    """In which language."""

    locale = fields.String(
        metadata={"description": "BCP 47 tag of the names' language.", "pattern": LOCALE_PATTERN}
    )


class JurisdictionListOut(Out):
    """The places that have data, the world first."""

    sequence = whole(required=True)
    jurisdictions = fields.List(fields.Nested(JurisdictionOut), required=True)
