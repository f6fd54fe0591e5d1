"""English."""

from collections.abc import Mapping

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
)
