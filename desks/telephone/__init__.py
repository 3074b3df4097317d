"""The desk of the telephone: calls and short messages that come in."""
