"""Caveat over HTTP: structured health articles that never leave without their disclaimers.

Read ``GET /v1/articles`` for what there is and ``GET /v1/articles/{slug}`` for one article as a
signed edition: its text, and every disclaimer that it owes to a reader in the context that you name
(``?locale=&jurisdiction=&audience=&channel=``). Follow ``GET /v1/changes?after=N`` to stay current:
the numbers are dense, so whoever has seen N has missed nothing. ``410`` means: take your copy down.
"""
