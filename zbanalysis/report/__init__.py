"""From results to words, charts and documents (PDF, Word, workbook)."""
