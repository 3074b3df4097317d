"""What is drawn: maps and charts."""
