"""The edge: a WSGI layer in front of Flask that gives finished answers again.

    layer      the WSGI application: a request is given what is kept, or goes to Flask
    answers    a finished answer: its bytes and headers, and who has them already
    store      answers in memory, bounded, found by key and dropped by tag
    tail       how far this process has followed the log, and how long it may rely on that
    callers    partners whose keys were just checked
    noting     Flask's side: what an answer was made of

A request for what is kept never enters Flask and asks no database. All that Flask would have done
for it is done here: the key, the limits, usage and ledger, conditional requests, HEAD. Everything
else goes to Flask, and what that answers is kept.
"""
