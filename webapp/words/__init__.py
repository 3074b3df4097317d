"""Everything that is said, in French: no Flask."""
