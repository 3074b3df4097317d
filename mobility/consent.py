"""What a person may agree to."""

CONTACT_CONSENT, MESSAGE_CONSENT, MEMORY_CONSENT = "contact", "messages", "memory"
CONSENTS = (CONTACT_CONSENT, MESSAGE_CONSENT, MEMORY_CONSENT)
"""To give one's number to the other side of an accepted ride; to get messages; to be remembered for the next time."""
