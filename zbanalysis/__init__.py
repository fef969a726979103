"""Evaluate a five-year plan: what was reached, what will be reached, and how sure we are."""

__version__ = "0.1.0"
