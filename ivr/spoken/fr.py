"""French, as spoken in France."""

from collections.abc import Mapping
from datetime import date
from string import ascii_uppercase
from typing import ClassVar

from ivr.spoken.grammar import Currency, Form, Fragments, Grammar, Unit, words
from ivr.spoken.wording import Wording

CHARACTERS: Mapping[str, str] = {
    "0": "zéro",
    "1": "un",
    "2": "deux",
    "3": "trois",
    "4": "quatre",
    "5": "cinq",
    "6": "six",
    "7": "sept",
    "8": "huit",
    "9": "neuf",
    "*": "étoile",
    "#": "dièse",
    "+": "plus",
    ".": "point",
}

WORDING = Wording(
    position_first="Vous êtes le prochain appel.",
    position="Vous êtes en position {n} dans la file d'attente.",
    position_beyond="Il y a {n} appels ou plus avant le vôtre.",
    estimate_below_one="Nous pensons vous répondre dans moins d'une minute.",
    estimate_below="Nous pensons vous répondre dans moins de {n} minutes.",
    estimate_about_one="Nous pensons vous répondre dans une minute environ.",
    estimate_about="Nous pensons vous répondre dans {n} minutes environ.",
    estimate_between="Nous pensons vous répondre dans {low} à {high} minutes.",
    estimate_beyond="En ce moment, l'attente dépasse {n} minutes.",
    waited_below_one="A attendu moins d'une minute.",
    waited_one="A attendu une minute.",
    waited="A attendu {n} minutes.",
    waited_beyond="A attendu {n} minutes ou plus.",
    accept="Pour prendre l'appel, appuyez sur {key}.",
    apology=(
        "Nous sommes désolés, une erreur est survenue. Veuillez rappeler plus tard. Au revoir."
    ),
    lines_busy=(
        "Toutes nos lignes sont actuellement occupées. "
        "Veuillez rappeler dans quelques minutes. Au revoir."
    ),
    callback_offer=(
        "Vous pouvez raccrocher et garder votre place dans la file d'attente. "
        "Nous vous rappellerons au"
    ),
    callback_press=(
        "Pour être rappelé à ce numéro, appuyez sur 1. "
        "Pour continuer à attendre, appuyez sur étoile."
    ),
    callback_enter="Veuillez saisir le numéro où vous rappeler, puis appuyez sur dièse.",
    callback_accepted="Merci. Vous gardez votre place, et nous vous rappellerons. Au revoir.",
    callback_refused=(
        "Désolés, nous ne pouvons pas appeler ce numéro. Vous gardez votre place dans la file."
    ),
    callback_question=(
        "Ici {title}. Vous avez demandé à être rappelé. "
        "Appuyez sur 1 pour prendre l'appel, ou sur 2 pour annuler."
    ),
    callback_cancelled="Nous ne vous rappellerons plus. Au revoir.",
    directory_name="Pour {name},",
    directory_press="appuyez sur {key}.",
    directory_further="Pour d'autres noms, appuyez sur 9.",
    directory_again="Pour épeler un autre nom, appuyez sur étoile.",
    voicemail_none="Il n'y a aucun message.",
    voicemail_new="Nouveaux messages : {n}.",
    voicemail_new_beyond="Nouveaux messages : {n} ou plus.",
    voicemail_old="Anciens messages : {n}.",
    voicemail_old_beyond="Anciens messages : {n} ou plus.",
    voicemail_today="Aujourd'hui à",
    voicemail_yesterday="Hier à",
    voicemail_days="Il y a {n} jours à",
    voicemail_days_beyond="Il y a plus de {n} jours à",
    voicemail_caller="du",
    voicemail_unknown="d'un numéro inconnu.",
    voicemail_keys=(
        "Pour le réécouter, appuyez sur 1 ; pour le conserver, sur 2 ; pour l'effacer, sur 3."
    ),
    voicemail_deleted="Le message est effacé.",
    voicemail_not_deleted="Le message n'a pas pu être effacé.",
    voicemail_over="Il n'y a plus de messages. Au revoir.",
)

DESK: Mapping[str, str] = {
    "You are logged in and available.": "Vous êtes connecté et disponible.",
    "You are logged out. Goodbye.": "Vous êtes déconnecté. Au revoir.",
    "You are paused.": "Vous êtes en pause.",
    "You are available.": "Vous êtes disponible.",
    "You have sixty seconds more.": "Vous avez soixante secondes de plus.",
    "First give a disposition for your last call.": (
        "Indiquez d'abord le résultat de votre dernier appel."
    ),
    "The disposition is kept.": "Le résultat est enregistré.",
    "There is no such disposition.": "Ce résultat n'existe pas.",
    "You have talked to no caller yet.": "Vous n'avez encore parlé à personne.",
    "You are not writing up a call.": "Vous n'êtes pas en train de traiter un appel terminé.",
    "You are not logged in. Dial star one zero to log in.": (
        "Vous n'êtes pas connecté. Pour vous connecter, composez étoile, un, zéro."
    ),
    "There is no such pause reason.": "Ce motif de pause n'existe pas.",
    "This code is not known.": "Ce code n'est pas connu.",
    "Please enter your pin, then pound.": (
        "Veuillez saisir votre code secret, puis appuyez sur dièse."
    ),
    "That pin is not right.": "Le code secret n'est pas bon.",
    "Too many wrong pins. Please try again later.": (
        "Trop de codes secrets erronés. Veuillez réessayer plus tard."
    ),
    "You may not supervise this agent.": "Vous ne pouvez pas superviser cet agent.",
    "This agent is not talking to a caller.": "Cet agent ne parle à aucun appelant.",
    "You are not talking to a caller.": "Vous ne parlez à aucun appelant.",
    "The recording is paused, and nobody listens.": (
        "L'enregistrement est suspendu, et personne n'écoute."
    ),
    "The recording cannot be paused. Do not take private data.": (
        "L'enregistrement ne peut pas être suspendu. Ne prenez pas de données privées."
    ),
    "The recording goes on.": "L'enregistrement reprend.",
    "Your supervisors are told that you need help.": (
        "Vos superviseurs savent que vous avez besoin d'aide."
    ),
    "You need no help any more.": "Vous n'avez plus besoin d'aide.",
    "Nobody answered.": "Personne n'a répondu.",
    "You may not close.": "Vous ne pouvez pas fermer.",
    "There is nothing to close with this code.": "Il n'y a rien à fermer avec ce code.",
    "An emergency closure is in force. To lift it, press 2.": (
        "Une fermeture d'urgence est en vigueur. Pour la lever, appuyez sur 2."
    ),
    "No emergency closure is in force. To close, press 1.": (
        "Aucune fermeture d'urgence n'est en vigueur. Pour fermer, appuyez sur 1."
    ),
    "It is closed now.": "C'est fermé maintenant.",
    "The emergency closure is lifted.": "La fermeture d'urgence est levée.",
    "Nothing has changed.": "Rien n'a changé.",
    "You have no mailbox.": "Vous n'avez pas de messagerie.",
    "You may not hear the messages.": "Vous ne pouvez pas écouter les messages.",
    "The caller is giving private data. You will be connected when that is over.": (
        "L'appelant donne des données privées. Vous serez mis en relation ensuite."
    ),
    "There is nobody at this number, or you may not dial it.": (
        "Il n'y a personne à ce numéro, ou vous ne pouvez pas le composer."
    ),
    "This agent is not free. Your caller is still on hold.": (
        "Cet agent n'est pas libre. Votre appelant est toujours en attente."
    ),
    "Nobody answered. Your caller is still on hold.": (
        "Personne n'a répondu. Votre appelant est toujours en attente."
    ),
    "Your caller is being transferred.": "Votre appelant est en cours de transfert.",
    "This agent is busy. Your caller waits for them.": (
        "Cet agent est occupé. Votre appelant l'attend."
    ),
    "Your caller is parked. The slot is": "Votre appelant est parqué. L'emplacement est le",
    "Every parking slot is taken. Your caller is still on hold.": (
        "Tous les emplacements sont pris. Votre appelant est toujours en attente."
    ),
    "Nobody is parked there.": "Personne n'est parqué là.",
    "Hang up, and the caller will ring you.": "Raccrochez, et l'appelant vous rappellera.",
    "You are alone. Your caller is still on hold.": (
        "Vous êtes seul. Votre appelant est toujours en attente."
    ),
    "Your caller is talking to somebody else, too.": (
        "Votre appelant parle aussi à quelqu'un d'autre."
    ),
}
"""English -> what people at the desk are told."""


UNITS = words(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf"
)
TENS = words("- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")
MONTHS = words(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)


class French(Grammar):
    """As in France: soixante-dix, quatre-vingts, quatre-vingt-dix."""

    characters = CHARACTERS
    symbols: ClassVar = {
        **{letter: letter for letter in ascii_uppercase},
        **CHARACTERS,
        "-": "tiret",
        "_": "tiret bas",
        "/": "barre oblique",
        "@": "arobase",
    }
    minus = "moins"
    point = "virgule"
    conjunction = "et"
    hundredths = "et"
    hour = Unit("heure", "heures", "feminine")
    minute = Unit("minute", "minutes", "feminine")
    second = Unit("seconde", "secondes", "feminine")
    currencies: ClassVar = {
        "CHF": Currency(
            Unit("franc suisse", "francs suisses", of="de francs suisses"),
            Unit("centime", "centimes"),
        ),
        "EUR": Currency(Unit("euro", "euros", of="d'euros"), Unit("centime", "centimes")),
        "GBP": Currency(
            Unit("livre sterling", "livres sterling", "feminine", "de livres sterling"),
            Unit("penny", "pence"),
        ),
        "USD": Currency(Unit("dollar", "dollars", of="de dollars"), Unit("cent", "cents")),
    }

    def is_singular(self, number: int) -> bool:
        return number < 2

    def group(self, number: int, form: Form) -> Fragments:
        hundreds, rest = divmod(number, 100)
        if not hundreds:
            return (_below_hundred(rest, form),)
        hundred = "cent" if hundreds == 1 else f"{UNITS[hundreds]} cent"
        if rest:
            return (hundred, _below_hundred(rest, form))
        return (hundred if hundreds == 1 or form == "joined" else f"{hundred}s",)

    def thousands(self, number: int, form: Form) -> Fragments:
        del form
        return ("mille",) if number == 1 else (*self.group(number, "joined"), "mille")

    def millions(self, number: int) -> Fragments:
        return (*self.group(number, "masculine"), "million" if number == 1 else "millions")

    def date(self, day: date) -> Fragments:
        first = "premier" if day.day == 1 else _below_hundred(day.day, "alone")
        return (first, MONTHS[day.month - 1], *self.cardinal(day.year))

    def time(self, hour: int, minute: int) -> Fragments:
        if minute == 0 and hour in (0, 12):
            return ("midi" if hour else "minuit",)
        word = self.hour.one if self.is_singular(hour) else self.hour.many
        o_clock = f"{_below_hundred(hour, 'feminine')} {word}"
        return (o_clock, _below_hundred(minute, "feminine")) if minute else (o_clock,)


def _below_hundred(number: int, form: Form) -> str:
    tens, rest = divmod(number, 10)
    if tens in (7, 9):
        rest += 10
    if number == 80:
        return "quatre-vingt" if form == "joined" else "quatre-vingts"
    if number < 20 and number != 1:
        return UNITS[number]
    unit = "une" if rest == 1 and form == "feminine" else UNITS[rest]
    if number == 1:
        return unit
    if rest in (1, 11) and tens < 8:
        return f"{TENS[tens]} et {unit}"
    return f"{TENS[tens]}-{unit}" if rest else TENS[tens]
