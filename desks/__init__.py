"""The work done with the tools for a person at a counter: no Flask, no French, no SQL."""
