"""Pages, API, French and command line; the only place where tools are chosen and wired."""
