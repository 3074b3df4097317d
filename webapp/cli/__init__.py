"""The command line, `mobility`."""
