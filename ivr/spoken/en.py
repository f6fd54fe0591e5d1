"""English."""

from collections.abc import Mapping
from datetime import date
from string import ascii_uppercase
from typing import ClassVar

from ivr.spoken.grammar import Currency, Form, Fragments, Grammar, Unit, words
from ivr.spoken.wording import Wording

CHARACTERS: Mapping[str, str] = {
    "0": "zero",
    "1": "one",
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    "*": "star",
    "#": "pound",
    "+": "plus",
    ".": "point",
}

WORDING = Wording(
    position_first="You are the next caller.",
    position="You are number {n} in line.",
    position_beyond="There are {n} or more callers before you.",
    estimate_below_one="We expect to answer your call in less than one minute.",
    estimate_below="We expect to answer your call in less than {n} minutes.",
    estimate_about_one="We expect to answer your call in about one minute.",
    estimate_about="We expect to answer your call in about {n} minutes.",
    estimate_between="We expect to answer your call in between {low} and {high} minutes.",
    estimate_beyond="At the moment the wait is longer than {n} minutes.",
    waited_below_one="Waited less than one minute.",
    waited_one="Waited one minute.",
    waited="Waited {n} minutes.",
    waited_beyond="Waited {n} minutes or more.",
    accept="To take the call, press {key}.",
    apology="We are sorry, something went wrong. Please call again later. Goodbye.",
    lines_busy=(
        "All our lines are busy at the moment. Please call again in a few minutes. Goodbye."
    ),
    callback_offer="You can hang up and keep your place in line. We will call you on",
    callback_press="To be called there, press 1. To go on waiting, press star.",
    callback_enter="Please enter the number on which we may call you, and then press pound.",
    callback_accepted="Thank you. You keep your place in line, and we will call you. Goodbye.",
    callback_refused="We are sorry, we cannot call this number. You keep your place in line.",
    callback_question=(
        "This is {title}. You asked us to call you back. "
        "Press 1 to take your call; press 2 to cancel."
    ),
    callback_cancelled="You will not be called again. Goodbye.",
    directory_name="For {name},",
    directory_press="press {key}.",
    directory_further="For further names, press 9.",
    directory_again="To spell another name, press star.",
    voicemail_none="There are no messages.",
    voicemail_new="New messages: {n}.",
    voicemail_new_beyond="New messages: {n} or more.",
    voicemail_old="Old messages: {n}.",
    voicemail_old_beyond="Old messages: {n} or more.",
    voicemail_today="Today at",
    voicemail_yesterday="Yesterday at",
    voicemail_days="{n} days ago at",
    voicemail_days_beyond="More than {n} days ago at",
    voicemail_caller="from",
    voicemail_unknown="from an unknown number.",
    voicemail_keys="To hear it again, press 1; to keep it, press 2; to delete it, press 3.",
    voicemail_deleted="The message is deleted.",
    voicemail_not_deleted="The message could not be deleted.",
    voicemail_over="There are no further messages. Goodbye.",
)


UNITS = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
TENS = words("- - twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS = words(
    "- first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
MONTHS = words(
    "January February March April May June July August September October November December"
)


class English(Grammar):
    """With the twelve-hour clock, and the month before the day."""

    characters = CHARACTERS
    symbols: ClassVar = {
        **{letter: letter for letter in ascii_uppercase},
        **CHARACTERS,
        ".": "dot",
        "-": "dash",
        "_": "underscore",
        "/": "slash",
        "@": "at",
    }
    minus = "minus"
    point = "point"
    conjunction = "and"
    hundredths = "and"
    hour = Unit("hour", "hours")
    minute = Unit("minute", "minutes")
    second = Unit("second", "seconds")
    currencies: ClassVar = {
        "CHF": Currency(Unit("Swiss franc", "Swiss francs"), Unit("centime", "centimes")),
        "EUR": Currency(Unit("euro", "euros"), Unit("cent", "cents")),
        "GBP": Currency(Unit("pound", "pounds"), Unit("penny", "pence")),
        "USD": Currency(Unit("dollar", "dollars"), Unit("cent", "cents")),
    }

    def group(self, number: int, form: Form) -> Fragments:
        del form
        hundreds, rest = divmod(number, 100)
        said = (f"{UNITS[hundreds]} hundred",) if hundreds else ()
        return said if hundreds and not rest else (*said, _below_hundred(rest))

    def thousands(self, number: int, form: Form) -> Fragments:
        return (*self.group(number, form), "thousand")

    def millions(self, number: int) -> Fragments:
        return (*self.group(number, "alone"), "million")

    def date(self, day: date) -> Fragments:
        return (MONTHS[day.month - 1], _ordinal(day.day), *self._year(day.year))

    def _year(self, year: int) -> Fragments:
        century, rest = divmod(year, 100)
        if 2000 <= year <= 2009:
            return ("two thousand", UNITS[rest]) if rest else ("two thousand",)
        return (_below_hundred(century), _minutes(rest) if rest else "hundred")

    def time(self, hour: int, minute: int) -> Fragments:
        if minute == 0 and hour in (0, 12):
            return ("noon" if hour else "midnight",)
        half = "a.m." if hour < 12 else "p.m."
        twelve = UNITS[(hour - 1) % 12 + 1]
        return (twelve, _minutes(minute), half) if minute else (twelve, half)


def _below_hundred(number: int) -> str:
    tens, rest = divmod(number, 10)
    if number < 20:
        return UNITS[number]
    return f"{TENS[tens]}-{UNITS[rest]}" if rest else TENS[tens]


def _ordinal(day: int) -> str:
    if day <= 20:
        return ORDINALS[day]
    return f"{TENS[day // 10]}-{ORDINALS[day % 10]}" if day % 10 else "thirtieth"


def _minutes(number: int) -> str:
    """The second half of a time or a year."""
    return f"oh {UNITS[number]}" if number < 10 else _below_hundred(number)
