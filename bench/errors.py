"""What makes a run of the benchmark fail."""


class BenchError(Exception):
    """The benchmark cannot go on; the message says why, and what to do."""
