"""What goes out: facts are queued by whoever tells something, put into words, and sent or said."""
