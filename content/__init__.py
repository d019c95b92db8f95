"""The domain of Caveat: articles, the disclaimers that they owe, and the log that remembers both.

Plain functions over SQLAlchemy models: the session comes first, ``now`` is passed in, and nothing
here commits. The one door of delivery is :func:`content.editions.issue`.
"""
