"""The second door: the command `mobility`."""
