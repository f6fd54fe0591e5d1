"""French, as spoken in France."""

from collections.abc import Mapping

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
)
