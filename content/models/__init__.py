"""The tables, by what they are for: the log, its projection, drafts, and who may come in."""
