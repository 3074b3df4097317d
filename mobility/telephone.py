"""The telephone: numbers told apart, what a short message means, and by when one must be called back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mobility.late import late
from mobility.territory import folded

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = late("phonenumbers")

CALL_BACK_HOURS = 48
"""Hours of work within which a partner or caller is called back, as the experiment promised."""
SHORTEST = 10
"""Signs of the shortest number at which somebody can be reached, the plus of a country counted."""
LONGEST = 15
"""Digits of the longest telephone number there is."""
COUNTRY = "FR"
"""Whose numbers are told without a country."""
YES, NO, THANKS, STOP, OTHER = "yes", "no", "thanks", "stop", "other"

_YES = {"oui", "ok", "okay", "d accord", "daccord", "entendu", "c est bon", "je confirme", "1"}
_NO = {"non", "pas possible", "je ne peux pas", "je peux pas", "impossible", "2"}
_THANKS = {"merci", "merci beaucoup", "merci bien", "super merci", "bonne journee", "bonne soiree", "parfait", "super",
           "tres bien", "a demain", "a bientot"}  # fmt: skip
_LETTER = re.compile(r"[^\W\d_]")
_STOP = {"stop", "arret", "arretez", "desabonnement", "stop sms"}


def dialled(text: str) -> str:
    """Return a number as it is kept, told in whatever way: "+33 6 39…", "0033639…" and "06.39…" are one number."""
    plus = text.strip().startswith("+")
    digits = re.sub(r"\(0\)|\D", "", text)
    if plus or digits.startswith("00"):
        digits = digits.removeprefix("00")
        return "0" + digits[2:] if digits.startswith("33") and len(digits) == 11 else f"+{digits}" if digits else ""
    return digits


def telephone_in(text: str) -> str:
    """Return the telephone number that a text is, as it is kept ("" where it is none, or more than one).

    "06.12…", "+33 (0)6 12…", 33612345678 and 612345678, whose zero a spreadsheet took, are one number.
    """
    number = dialled(text)
    if number.startswith("33") and len(number) == 11:
        number = f"0{number[2:]}"
    elif len(number) == 9 and number[0] != "0":
        number = f"0{number}"
    digits = number.lstrip("+")
    fits = len(number) >= SHORTEST and len(digits) <= LONGEST and (digits[0] != "0" or len(digits) == 10)
    return number if fits and not _LETTER.search(text) else ""


def takes_sms(number: str) -> bool:
    """Tell whether a short message may reach a number: no landline of any country, and nothing that is no number.

    A number that the numbering plan does not give to anyone yet may be someone's tomorrow: the provider knows.
    """
    try:
        told = phonenumbers.parse(number, COUNTRY)
    except phonenumbers.NumberParseException:
        return False
    kinds = phonenumbers.PhoneNumberType
    wired = {
        kinds.FIXED_LINE, kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.VOIP, kinds.UAN,
        kinds.VOICEMAIL,
    }  # fmt: skip
    return phonenumbers.is_possible_number(told) and phonenumbers.number_type(told) not in wired


def meaning(text: str) -> str:
    """Return what a short message means: a plain yes or no, thanks, a stop, or something that a person must read.

    Only a message that says nothing else counts as a yes or no: "oui mais plus tard" must be read.
    """
    said = re.sub(r"[^a-z0-9 ]", " ", folded(text))
    said = " ".join(said.split())
    if said in _STOP:
        return STOP
    if said in _THANKS:
        return THANKS
    words = said
    for polite in sorted(_THANKS, key=len, reverse=True):
        words = " ".join(words.removesuffix(polite).removeprefix(polite).split())
    if words in _YES:
        return YES
    if words in _NO:
        return NO
    return THANKS if said and words == "" else OTHER
