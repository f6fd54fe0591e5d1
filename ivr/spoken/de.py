"""German."""

from collections.abc import Mapping
from datetime import date
from string import ascii_uppercase
from typing import ClassVar

from ivr.spoken.grammar import Currency, Form, Fragments, Grammar, Unit, words
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
    lines_busy=(
        "Zurzeit sind alle unsere Leitungen belegt. Bitte rufen Sie in einigen Minuten noch einmal "
        "an. Auf Wiederhören."
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
    directory_name="Für {name},",
    directory_press="drücken Sie die {key}.",
    directory_further="Für weitere Namen drücken Sie die 9.",
    directory_again="Um einen anderen Namen zu buchstabieren, drücken Sie Stern.",
    voicemail_none="Es gibt keine Nachrichten.",
    voicemail_new="Neue Nachrichten: {n}.",
    voicemail_new_beyond="Neue Nachrichten: {n} oder mehr.",
    voicemail_old="Alte Nachrichten: {n}.",
    voicemail_old_beyond="Alte Nachrichten: {n} oder mehr.",
    voicemail_today="Heute um",
    voicemail_yesterday="Gestern um",
    voicemail_days="Vor {n} Tagen um",
    voicemail_days_beyond="Vor mehr als {n} Tagen um",
    voicemail_caller="von",
    voicemail_unknown="von einer unbekannten Nummer.",
    voicemail_keys="Noch einmal hören: 1. Behalten: 2. Löschen: 3.",
    voicemail_deleted="Die Nachricht ist gelöscht.",
    voicemail_not_deleted="Die Nachricht konnte nicht gelöscht werden.",
    voicemail_over="Es gibt keine weiteren Nachrichten. Auf Wiederhören.",
)

DESK: Mapping[str, str] = {
    "You are logged in and available.": "Sie sind angemeldet und frei.",
    "You are logged out. Goodbye.": "Sie sind abgemeldet. Auf Wiederhören.",
    "You are paused.": "Sie machen Pause.",
    "You are available.": "Sie sind frei.",
    "You have sixty seconds more.": "Sie haben sechzig Sekunden mehr.",
    "First give a disposition for your last call.": (
        "Geben Sie zuerst das Ergebnis Ihres letzten Anrufs an."
    ),
    "The disposition is kept.": "Das Ergebnis ist gespeichert.",
    "There is no such disposition.": "Dieses Ergebnis gibt es nicht.",
    "You have talked to no caller yet.": "Sie haben noch mit keinem Anrufer gesprochen.",
    "You are not writing up a call.": "Sie bearbeiten gerade keinen Anruf nach.",
    "You are not logged in. Dial star one zero to log in.": (
        "Sie sind nicht angemeldet. Zum Anmelden wählen Sie Stern eins null."
    ),
    "There is no such pause reason.": "Diesen Pausengrund gibt es nicht.",
    "This code is not known.": "Diese Kennzahl ist nicht bekannt.",
    "Please enter your pin, then pound.": "Bitte geben Sie Ihre Geheimzahl ein, dann Raute.",
    "That pin is not right.": "Die Geheimzahl stimmt nicht.",
    "Too many wrong pins. Please try again later.": (
        "Zu viele falsche Geheimzahlen. Bitte versuchen Sie es später noch einmal."
    ),
    "You may not supervise this agent.": "Sie dürfen hier nicht mithören.",
    "This agent is not talking to a caller.": "Hier wird gerade mit keinem Anrufer gesprochen.",
    "You are not talking to a caller.": "Sie sprechen gerade mit keinem Anrufer.",
    "The recording is paused, and nobody listens.": (
        "Die Aufzeichnung ist angehalten, und niemand hört mit."
    ),
    "The recording cannot be paused. Do not take private data.": (
        "Die Aufzeichnung lässt sich nicht anhalten. Nehmen Sie keine vertraulichen Daten auf."
    ),
    "The recording goes on.": "Die Aufzeichnung läuft weiter.",
    "Your supervisors are told that you need help.": (
        "Ihre Vorgesetzten wissen, dass Sie Hilfe brauchen."
    ),
    "You need no help any more.": "Sie brauchen keine Hilfe mehr.",
    "Nobody answered.": "Niemand hat abgenommen.",
    "You may not close.": "Sie dürfen nicht schließen.",
    "There is nothing to close with this code.": "Mit dieser Kennzahl lässt sich nichts schließen.",
    "An emergency closure is in force. To lift it, press 2.": (
        "Eine Notschließung ist in Kraft. Um sie aufzuheben, drücken Sie die 2."
    ),
    "No emergency closure is in force. To close, press 1.": (
        "Es ist keine Notschließung in Kraft. Zum Schließen drücken Sie die 1."
    ),
    "It is closed now.": "Jetzt ist geschlossen.",
    "The emergency closure is lifted.": "Die Notschließung ist aufgehoben.",
    "Nothing has changed.": "Es hat sich nichts geändert.",
    "You have no mailbox.": "Sie haben kein Postfach.",
    "You may not hear the messages.": "Sie dürfen die Nachrichten nicht abhören.",
    "The caller is giving private data. You will be connected when that is over.": (
        "Der Anrufer gibt gerade vertrauliche Daten an. Danach werden Sie verbunden."
    ),
    "There is nobody at this number, or you may not dial it.": (
        "Unter dieser Nummer ist niemand, oder Sie dürfen sie nicht wählen."
    ),
    "This agent is not free. Your caller is still on hold.": (
        "Dort ist gerade niemand frei. Ihr Anrufer wird weiter gehalten."
    ),
    "Nobody answered. Your caller is still on hold.": (
        "Niemand hat abgenommen. Ihr Anrufer wird weiter gehalten."
    ),
    "Your caller is being transferred.": "Ihr Anrufer wird weiterverbunden.",
    "This agent is busy. Your caller waits for them.": (
        "Dort ist besetzt. Ihr Anrufer wartet, bis frei ist."
    ),
    "Your caller is parked. The slot is": "Ihr Anrufer ist geparkt. Der Platz ist",
    "Every parking slot is taken. Your caller is still on hold.": (
        "Alle Parkplätze sind belegt. Ihr Anrufer wird weiter gehalten."
    ),
    "Nobody is parked there.": "Dort ist niemand geparkt.",
    "Hang up, and the caller will ring you.": "Legen Sie auf, dann klingelt der Anrufer bei Ihnen.",
    "You are alone. Your caller is still on hold.": (
        "Sie sind allein. Ihr Anrufer wird weiter gehalten."
    ),
    "Your caller is talking to somebody else, too.": "Ihr Anrufer spricht noch mit jemand anderem.",
}
"""English -> what people at the desk are told."""


UNITS = words(
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn"
)
TENS = words("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
ONE: Mapping[Form, str] = {
    "alone": "eins",
    "masculine": "ein",
    "feminine": "eine",
    "joined": "ein",
}
ORDINALS: Mapping[int, str] = {1: "erster", 3: "dritter", 7: "siebter", 8: "achter"}
"""The irregular ones; the others add an ending."""
MONTHS = words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")


class German(Grammar):
    """With the day before the month, and the clock of twenty-four hours."""

    characters = CHARACTERS
    symbols: ClassVar = {
        **{letter: letter for letter in (*ascii_uppercase, "Ä", "Ö", "Ü")},
        **CHARACTERS,
        "ß": "Eszett",
        "-": "Strich",
        "_": "Unterstrich",
        "/": "Schrägstrich",
        "@": "at",
    }
    minus = "minus"
    point = "Komma"
    conjunction = "und"
    hundredths = "und"
    hour = Unit("Stunde", "Stunden", "feminine")
    minute = Unit("Minute", "Minuten", "feminine")
    second = Unit("Sekunde", "Sekunden", "feminine")
    currencies: ClassVar = {
        "CHF": Currency(Unit("Franken", "Franken"), Unit("Rappen", "Rappen")),
        "EUR": Currency(Unit("Euro", "Euro"), Unit("Cent", "Cent")),
        "GBP": Currency(Unit("Pfund", "Pfund"), Unit("Penny", "Pence")),
        "USD": Currency(Unit("Dollar", "Dollar"), Unit("Cent", "Cent")),
    }

    def group(self, number: int, form: Form) -> Fragments:
        hundreds, rest = divmod(number, 100)
        said = (f"{_factor(hundreds)}hundert",) if hundreds else ()
        return said if hundreds and not rest else (*said, _below_hundred(rest, form))

    def thousands(self, number: int, form: Form) -> Fragments:
        del form
        return (*self.group(number, "joined"), "tausend")

    def millions(self, number: int) -> Fragments:
        if number == 1:
            return ("eine Million",)
        return (*self.group(number, "feminine"), "Millionen")

    def date(self, day: date) -> Fragments:
        century, rest = divmod(day.year, 100)
        centuries = "zweitausend" if century == 20 else "neunzehnhundert"
        year = (centuries, _below_hundred(rest, "alone")) if rest else (centuries,)
        return (_ordinal(day.day), MONTHS[day.month - 1], *year)

    def time(self, hour: int, minute: int) -> Fragments:
        o_clock = f"{_below_hundred(hour, 'masculine')} Uhr"
        return (o_clock, _below_hundred(minute, "alone")) if minute else (o_clock,)


def _factor(digit: int) -> str:
    return "ein" if digit == 1 else UNITS[digit]


def _below_hundred(number: int, form: Form) -> str:
    tens, rest = divmod(number, 10)
    if number == 1:
        return ONE[form]
    if number < 20:
        return UNITS[number]
    return f"{_factor(rest)}und{TENS[tens]}" if rest else TENS[tens]


def _ordinal(day: int) -> str:
    ending = "ter" if day < 20 else "ster"
    return ORDINALS.get(day) or _below_hundred(day, "alone") + ending
