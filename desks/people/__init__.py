"""People as every desk meets them: found, opened, put right, merged."""
