"""What is published: reading, checking, periods, printed digits, vintages."""
