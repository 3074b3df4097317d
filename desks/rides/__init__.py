"""The desk of solidarity rides."""
