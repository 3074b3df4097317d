"""The optimisers of rounds and calendars, and the judge that checks any plan without them."""
