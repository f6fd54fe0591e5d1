"""German."""

from collections.abc import Mapping

from ivr.spoken.wording import Wording

CHARACTERS: Mapping[str, str] = {
    "0": "null",
    "1": "eins",
    "2": "zwei",
    "3": "drei",
    "4": "vier",
    "5": "fünf",
    "6": "sechs",
    "7": "sieben",
    "8": "acht",
    "9": "neun",
    "*": "Stern",
    "#": "Raute",
    "+": "plus",
    ".": "Punkt",
}

WORDING = Wording(
    position_first="Sie sind als Nächstes an der Reihe.",
    position="Sie sind Nummer {n} in der Warteschlange.",
    position_beyond="Vor Ihnen warten {n} oder mehr Anrufer.",
    estimate_below_one="Ihr Anruf wird voraussichtlich in weniger als einer Minute angenommen.",
    estimate_below="Ihr Anruf wird voraussichtlich in weniger als {n} Minuten angenommen.",
    estimate_about_one="Ihr Anruf wird voraussichtlich in etwa einer Minute angenommen.",
    estimate_about="Ihr Anruf wird voraussichtlich in etwa {n} Minuten angenommen.",
    estimate_between="Ihr Anruf wird voraussichtlich in {low} bis {high} Minuten angenommen.",
    estimate_beyond="Im Augenblick beträgt die Wartezeit mehr als {n} Minuten.",
    waited_below_one="Weniger als eine Minute gewartet.",
    waited_one="Eine Minute gewartet.",
    waited="{n} Minuten gewartet.",
    waited_beyond="{n} Minuten oder länger gewartet.",
    accept="Um den Anruf anzunehmen, drücken Sie die {key}.",
    apology=(
        "Es tut uns leid, etwas ist schiefgegangen. Bitte rufen Sie später noch einmal an. "
        "Auf Wiederhören."
    ),
    callback_offer=(
        "Sie können auflegen und Ihren Platz in der Warteschlange behalten. "
        "Wir rufen Sie zurück unter der Nummer"
    ),
    callback_press="Wenn das recht ist, drücken Sie die 1. Um weiter zu warten, drücken Sie Stern.",
    callback_enter="Bitte geben Sie Ihre Rückrufnummer ein, und drücken Sie dann Raute.",
    callback_accepted=(
        "Vielen Dank. Sie behalten Ihren Platz, und wir rufen Sie zurück. Auf Wiederhören."
    ),
    callback_refused=(
        "Leider können wir diese Nummer nicht anrufen. Sie behalten Ihren Platz in der Reihe."
    ),
    callback_question=(
        "Hier ist {title}. Sie haben um einen Rückruf gebeten. "
        "Drücken Sie die 1, um verbunden zu werden, oder die 2, um den Rückruf abzusagen."
    ),
    callback_cancelled="Wir rufen Sie nicht noch einmal an. Auf Wiederhören.",
)
