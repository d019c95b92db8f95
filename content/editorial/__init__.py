"""The write side: drafts, their way to publication, and what is published together.

Delivery may not import this package (import-linter holds it to that), so no draft can leak. Nothing
here commits; everything that a reader can see goes through :func:`content.changes.append`.
"""
