"""The desk of accounts: passwords, roles, ProConnect."""
