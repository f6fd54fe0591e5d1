"""Spanish."""

from collections.abc import Mapping

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
)
