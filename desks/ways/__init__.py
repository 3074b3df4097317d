"""The desk that answers "how do I get there?" by every way at once."""
