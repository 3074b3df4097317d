"""Rules that no validator knows, since they need the country around the feed: its communes, roads, trains, words.

One rule is one file with one function of its name, which the rulebook calls; its code has its French words in
``webapp/words/feed_notices.toml``, and its test has a feed of its own in ``tests/gtfs/rules``.
"""
