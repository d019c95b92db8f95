"""Transparency: what the log was, so that nobody can change it behind a reader's back (RFC 9162).

leaves         what stands in the tree for each entry of the log
merkle         the tree over them: roots, inclusion and consistency proofs
checkpoints    the signed roots that are made every hour
checks         whether the log still is what its checkpoints say
"""
