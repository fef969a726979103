"""The calibrated look ahead, its scores, and how well-known methods do."""
