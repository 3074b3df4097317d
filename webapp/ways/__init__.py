"""How to get there: lines, vans, volunteers and the bus that comes, in one answer."""
