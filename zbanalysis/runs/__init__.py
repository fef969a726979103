"""Notebooks run into reports: what is current, batches, clusters, messages."""
