"""Conforming: partners' pages are fetched and read, for :mod:`content.conformance` to judge.

fetching   one address, bounded in size, time and redirects
naming     which article a page says that it shows
reading    a page as it comes over HTTP
browsing   a page as Chromium shows it, scripts and styles included
publisher  what our API says of the article
judging    one address -> one report
showing    reports as lines and as a page to print
"""
