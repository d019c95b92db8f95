"""Renditions: an edition in a wire format other than its own JSON.

Every renderer is a pure function of a :class:`content.editions.Edition`, which cannot be built
without the disclaimers that it owes; so none of them can lose one. Where each notice stands in a
rendition for readers is decided once, in :mod:`schemas.renditions.layers`.
"""
