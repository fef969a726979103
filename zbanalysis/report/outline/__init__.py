"""Results of a run as sections, chapter by chapter; moving to `report.chapters`."""
