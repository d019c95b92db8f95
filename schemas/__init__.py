"""The shapes: what goes over the wire, and what may come in, as marshmallow schemas.

An ``Out`` describes an answer, an ``In`` checks a body, a ``Query`` checks a URL's query; the same
noun has the same file name as in ``content`` and ``api``. Renditions of an edition other than JSON
live in :mod:`schemas.renditions`. Nothing here knows a session or a request.
"""
