"""The desk of the bus calendar: planned, explained, dated, put in force."""
