"""Pages by subject, each a Flask blueprint."""
