"""Do the documents hold: statements, money, survey, tasks, texts."""
