"""Roads: reading them, how fast a vehicle drives on them, matrices, paths and isochrones."""
