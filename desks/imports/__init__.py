"""Lists taken in: their columns matched, each line read as people write, every fault named."""
