"""Solidarity rides wired together: the desk, the batch, answers, messages, imports and what goes out."""
