"""The desk of access: who reaches what without a car."""
