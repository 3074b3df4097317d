"""The desk of transport: feeds, journeys, publication."""
