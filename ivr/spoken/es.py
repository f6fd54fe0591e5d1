"""Spanish."""

from collections.abc import Mapping
from datetime import date
from string import ascii_uppercase
from typing import ClassVar

from ivr.spoken.grammar import Currency, Form, Fragments, Grammar, Unit, words
from ivr.spoken.wording import Wording

CHARACTERS: Mapping[str, str] = {
    "0": "cero",
    "1": "uno",
    "2": "dos",
    "3": "tres",
    "4": "cuatro",
    "5": "cinco",
    "6": "seis",
    "7": "siete",
    "8": "ocho",
    "9": "nueve",
    "*": "asterisco",
    "#": "almohadilla",
    "+": "más",
    ".": "punto",
}

WORDING = Wording(
    position_first="Su llamada es la siguiente.",
    position="Su llamada es la número {n} en la cola.",
    position_beyond="Hay {n} llamadas o más antes que la suya.",
    estimate_below_one="Esperamos atender su llamada en menos de un minuto.",
    estimate_below="Esperamos atender su llamada en menos de {n} minutos.",
    estimate_about_one="Esperamos atender su llamada en un minuto aproximadamente.",
    estimate_about="Esperamos atender su llamada en {n} minutos aproximadamente.",
    estimate_between="Esperamos atender su llamada en un plazo de {low} a {high} minutos.",
    estimate_beyond="En este momento la espera supera los {n} minutos.",
    waited_below_one="Ha esperado menos de un minuto.",
    waited_one="Ha esperado un minuto.",
    waited="Ha esperado {n} minutos.",
    waited_beyond="Ha esperado {n} minutos o más.",
    accept="Para tomar la llamada, pulse {key}.",
    apology="Lo sentimos, se ha producido un error. Vuelva a llamar más tarde. Adiós.",
    lines_busy=(
        "En este momento todas nuestras líneas están ocupadas. "
        "Vuelva a llamar dentro de unos minutos. Adiós."
    ),
    callback_offer="Puede colgar y conservar su lugar en la cola. Le llamaremos al número",
    callback_press=(
        "Para que le llamemos a ese número, pulse 1. Para seguir esperando, pulse asterisco."
    ),
    callback_enter="Marque el número al que podemos llamarle y después pulse almohadilla.",
    callback_accepted="Gracias. Conserva su lugar en la cola, y le llamaremos. Adiós.",
    callback_refused="Lo sentimos, no podemos llamar a ese número. Conserva su lugar en la cola.",
    callback_question=(
        "Le llama {title}. Nos pidió que le devolviéramos la llamada. "
        "Pulse 1 para tomar la llamada o 2 para cancelarla."
    ),
    callback_cancelled="No volveremos a llamarle. Adiós.",
    directory_name="Para {name},",
    directory_press="pulse {key}.",
    directory_further="Para oír más nombres, pulse 9.",
    directory_again="Para deletrear otro nombre, pulse asterisco.",
    voicemail_none="No hay mensajes.",
    voicemail_new="Mensajes nuevos: {n}.",
    voicemail_new_beyond="Mensajes nuevos: {n} o más.",
    voicemail_old="Mensajes antiguos: {n}.",
    voicemail_old_beyond="Mensajes antiguos: {n} o más.",
    voicemail_today="Hoy a",
    voicemail_yesterday="Ayer a",
    voicemail_days="Hace {n} días a",
    voicemail_days_beyond="Hace más de {n} días a",
    voicemail_caller="del número",
    voicemail_unknown="de un número desconocido.",
    voicemail_keys=(
        "Para oírlo otra vez, pulse 1; para conservarlo, pulse 2; para borrarlo, pulse 3."
    ),
    voicemail_deleted="El mensaje se ha borrado.",
    voicemail_not_deleted="No se ha podido borrar el mensaje.",
    voicemail_over="No hay más mensajes. Adiós.",
)

DESK: Mapping[str, str] = {
    "You are logged in and available.": "Ha iniciado sesión y está disponible.",
    "You are logged out. Goodbye.": "Ha cerrado la sesión. Adiós.",
    "You are paused.": "Está en pausa.",
    "You are available.": "Está disponible.",
    "You have sixty seconds more.": "Tiene sesenta segundos más.",
    "First give a disposition for your last call.": (
        "Indique primero el resultado de su última llamada."
    ),
    "The disposition is kept.": "El resultado queda guardado.",
    "There is no such disposition.": "Ese resultado no existe.",
    "You have talked to no caller yet.": "Todavía no ha hablado con nadie.",
    "You are not writing up a call.": "No está en el trabajo posterior a una llamada.",
    "You are not logged in. Dial star one zero to log in.": (
        "No ha iniciado sesión. Para iniciarla, marque asterisco, uno, cero."
    ),
    "There is no such pause reason.": "Ese motivo de pausa no existe.",
    "This code is not known.": "Ese código no se conoce.",
    "Please enter your pin, then pound.": "Marque su PIN y después pulse almohadilla.",
    "That pin is not right.": "El PIN no es correcto.",
    "Too many wrong pins. Please try again later.": (
        "Demasiados PIN incorrectos. Inténtelo de nuevo más tarde."
    ),
    "You may not supervise this agent.": "No puede supervisar a este agente.",
    "This agent is not talking to a caller.": "Este agente no está hablando con nadie.",
    "You are not talking to a caller.": "No está hablando con nadie.",
    "The recording is paused, and nobody listens.": "La grabación está en pausa y nadie escucha.",
    "The recording cannot be paused. Do not take private data.": (
        "La grabación no se puede pausar. No tome datos privados."
    ),
    "The recording goes on.": "La grabación continúa.",
    "Your supervisors are told that you need help.": "Sus supervisores saben que necesita ayuda.",
    "You need no help any more.": "Ya no necesita ayuda.",
    "Nobody answered.": "Nadie ha contestado.",
    "You may not close.": "No tiene permiso para cerrar.",
    "There is nothing to close with this code.": "Con este código no se cierra nada.",
    "An emergency closure is in force. To lift it, press 2.": (
        "Hay un cierre de emergencia. Para levantarlo, pulse 2."
    ),
    "No emergency closure is in force. To close, press 1.": (
        "No hay ningún cierre de emergencia. Para cerrar, pulse 1."
    ),
    "It is closed now.": "Ahora está cerrado.",
    "The emergency closure is lifted.": "El cierre de emergencia se ha levantado.",
    "Nothing has changed.": "No ha cambiado nada.",
    "You have no mailbox.": "No tiene buzón.",
    "You may not hear the messages.": "No puede oír los mensajes.",
    "The caller is giving private data. You will be connected when that is over.": (
        "La persona que llama está dando datos privados. Se le conectará después."
    ),
    "There is nobody at this number, or you may not dial it.": (
        "No hay nadie en ese número, o no puede marcarlo."
    ),
    "This agent is not free. Your caller is still on hold.": (
        "Este agente no está libre. Su llamada sigue en espera."
    ),
    "Nobody answered. Your caller is still on hold.": (
        "Nadie ha contestado. Su llamada sigue en espera."
    ),
    "Your caller is being transferred.": "Su llamada se está transfiriendo.",
    "This agent is busy. Your caller waits for them.": (
        "Este agente está ocupado. Quien llama le esperará."
    ),
    "Your caller is parked. The slot is": "Su llamada está aparcada. El lugar es",
    "Every parking slot is taken. Your caller is still on hold.": (
        "Todos los lugares están ocupados. Su llamada sigue en espera."
    ),
    "Nobody is parked there.": "Ahí no hay nadie aparcado.",
    "Hang up, and the caller will ring you.": "Cuelgue, y la llamada sonará en su teléfono.",
    "You are alone. Your caller is still on hold.": (
        "Se ha quedado a solas. Su llamada sigue en espera."
    ),
    "Your caller is talking to somebody else, too.": (
        "Quien llama está hablando también con otra persona."
    ),
}
"""English -> what people at the desk are told."""


UNITS = words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
    "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
)
TENS = words("- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa")
HUNDREDS = words(
    "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
    "ochocientos novecientos"
)
MONTHS = words(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
ONE: Mapping[Form, str] = {
    "alone": "uno",
    "masculine": "un",
    "feminine": "una",
    "joined": "un",
}


class Spanish(Grammar):
    """With the twelve-hour clock and the part of the day."""

    characters = CHARACTERS
    symbols: ClassVar = {
        **{letter: letter for letter in (*ascii_uppercase, "Ñ")},
        **CHARACTERS,
        "-": "guion",
        "_": "guion bajo",
        "/": "barra",
        "@": "arroba",
    }
    minus = "menos"
    point = "coma"
    conjunction = "y"
    hundredths = "con"
    hour = Unit("hora", "horas", "feminine")
    minute = Unit("minuto", "minutos")
    second = Unit("segundo", "segundos")
    currencies: ClassVar = {
        "CHF": Currency(
            Unit("franco suizo", "francos suizos", of="de francos suizos"),
            Unit("céntimo", "céntimos"),
        ),
        "EUR": Currency(Unit("euro", "euros", of="de euros"), Unit("céntimo", "céntimos")),
        "GBP": Currency(
            Unit("libra", "libras", "feminine", "de libras"), Unit("penique", "peniques")
        ),
        "USD": Currency(Unit("dólar", "dólares", of="de dólares"), Unit("centavo", "centavos")),
    }

    def group(self, number: int, form: Form) -> Fragments:
        return _group(number, form, feminine=form == "feminine")

    def thousands(self, number: int, form: Form) -> Fragments:
        """The hundreds agree with what is counted also across the thousand: doscientas mil."""
        if number == 1:
            return ("mil",)
        return (*_group(number, "joined", feminine=form == "feminine"), "mil")

    def millions(self, number: int) -> Fragments:
        if number == 1:
            return ("un millón",)
        return (*self.group(number, "masculine"), "millones")

    def date(self, day: date) -> Fragments:
        month = f"de {MONTHS[day.month - 1]} de"
        return (_below_hundred(day.day, "alone"), month, *self.cardinal(day.year))

    def time(self, hour: int, minute: int) -> Fragments:
        twelve = (hour - 1) % 12 + 1
        o_clock = "la una" if twelve == 1 else f"las {UNITS[twelve]}"
        minutes = (f"y {_below_hundred(minute, 'alone')}",) if minute else ()
        return (o_clock, *minutes, _part_of_day(hour))


def _group(number: int, form: Form, *, feminine: bool) -> Fragments:
    hundreds, rest = divmod(number, 100)
    if number == 100:
        return ("cien",)
    hundred = HUNDREDS[hundreds]
    if feminine and hundreds > 1:
        hundred = hundred.removesuffix("os") + "as"
    said = (hundred,) if hundreds else ()
    return said if hundreds and not rest else (*said, _below_hundred(rest, form))


def _below_hundred(number: int, form: Form) -> str:
    tens, rest = divmod(number, 10)
    if number == 1:
        return ONE[form]
    if number == 21:
        return "veintiún" if ONE[form] == "un" else f"veinti{ONE[form]}"
    if number < 30:
        return UNITS[number]
    if rest == 0:
        return TENS[tens]
    return f"{TENS[tens]} y {ONE[form] if rest == 1 else UNITS[rest]}"


def _part_of_day(hour: int) -> str:
    if hour == 0:
        return "de la noche"
    if hour < 6:
        return "de la madrugada"
    if hour < 12:
        return "de la mañana"
    if hour == 12:
        return "del mediodía"
    return "de la tarde" if hour < 20 else "de la noche"
