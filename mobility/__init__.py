"""The language of the service: things, rules and use cases, and what they ask of the tools.

This package knows no other package of the project. House units: seconds, metres, WGS 84 longitude and
latitude; times of day are seconds after midnight. A name carries a unit only where it departs from these.
"""
