"""Archives of evidence: all that can be shown of one article, in one file that is checked offline.

    asking     what is asked: the article, one partner or all, a span of time, the checkpoint
    history    what was in force when, refusals included
    again      what else the ledger names by its digest, made again
    traces     by which rules an edition owes what it owes
    takings    what partners were sent, fetched, saw and confirmed, and how their pages looked
    records    the audit with its seals, the changes with proofs, the keys
    writing    members, one after the other, then a signed manifest
    members    all of it, in its order
    checks     whether an archive is whole and genuine, by nothing but itself and keys

Everything is read in one snapshot. A request that says nothing of a partner speaks of all.
"""
