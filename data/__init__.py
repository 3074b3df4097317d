"""What the service reads and keeps: the facts of a territory, open-data tables, downloads, holidays, saved plans."""
