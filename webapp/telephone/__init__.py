"""The telephone desk: calls and short messages that come in, and the menu that speaks."""
