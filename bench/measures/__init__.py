"""The measures of ``bench/performance.py``: each has a module, which measures and judges."""
