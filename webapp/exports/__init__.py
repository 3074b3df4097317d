"""What leaves the service: calendars, tables, posters, the crew's road book."""
