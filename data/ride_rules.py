"""The rules of volunteer transport, read from ``rules/volunteer_transport.toml``."""

from datetime import date
from pathlib import Path

from data.territory_files import read_toml
from mobility.errors import MobilityError
from mobility.ride_rules import Criterion, TransportRules, VolunteerRules

RULES = Path(__file__).parent / "rules" / "volunteer_transport.toml"


def read_ride_rules() -> TransportRules:
    """Read the rules; a missing or wrong figure names the file."""
    document = read_toml(RULES)
    try:
        volunteer = tuple(
            VolunteerRules(
                _day(rules["since"]), 1000.0 * float(rules["longest_journey_km"]), float(rules["euros_per_km"]),
                int(rules["most_people"]), int(rules["urban_unit_limit"]), str(rules["source"]),
            )
            for rules in document["volunteer"]
        )  # fmt: skip
        criteria = tuple(Criterion(c["id"], c["words"], c.get("proof", "")) for c in document["criteria"])
        return TransportRules(volunteer, criteria, str(document["carpool"][0]["source"]))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise MobilityError(
            "bad-toml", f"a rule is missing or wrong ({error})", field=str(RULES), reason=str(error)
        ) from None


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"'{value}' is not a date")
    return value
