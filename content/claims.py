"""The claims lint: what a health text must not say, or not without a source."""

from content.assertions import makes_claim

__all__ = ["makes_claim"]
