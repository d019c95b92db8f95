"""Webhooks: a hint over the log, for partners who do not want to ask.

    endpoints    where a partner wants to be told, and by which secret it knows that we told it
    events       what a group of the log is to an endpoint: kinds, slugs and ids, never a text
    deliveries   what became of each event, and when it is tried again

Nothing here sends anything; see :mod:`api.webhooks`.
"""
