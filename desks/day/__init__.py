"""What is due, from every desk that answers, for who asks."""
