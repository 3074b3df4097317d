"""The home of timetables: feeds in and out, their quality, and journey search."""
