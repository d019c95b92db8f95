"""Recalls: a withdrawal that partners confirm.

opening      who has copies, by the ledger, is told at once, past all filters
confirming   a partner says that its copies are gone, or its own fetch shows that it saw the ending
watching     what time does: who comes late, who is reminded, who is overdue, who has fallen silent
reports      what is known of a recall, for us and for the public, and what cannot be known

A partner's state: told ──► reminded ──► overdue ──► escalated, and from each of them confirmed.
Half of the time to the deadline is left when it is reminded; once as much again has passed after
the deadline, admins hear of it.
"""

RECALL = "recall"  # the severity of a withdrawal that opens one
TOLD, REMINDED, OVERDUE, ESCALATED = "told", "reminded", "overdue", "escalated"
CONFIRMED = "confirmed"
STATES = (TOLD, REMINDED, OVERDUE, ESCALATED, CONFIRMED)
WORK = "work"  # by whom a recall is ended that nobody had to end
PARTNER, FETCH, EDITOR = "partner", "fetch", "editor"  # by whom it was confirmed
BY = (PARTNER, FETCH, EDITOR)
