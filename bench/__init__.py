"""The benchmark: Caveat beside nginx serving the same bytes as files."""
