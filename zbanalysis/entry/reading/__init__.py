"""A plan's own document: its words in order, and the goals and tasks in them."""
