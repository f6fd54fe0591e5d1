"""Values in words: held against two independent libraries, and never a word not spoken before."""

import re
from datetime import date, timedelta
from typing import get_args

import pytest
from babel.dates import get_month_names
from babel.numbers import get_currency_name
from babel.units import format_unit
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from ivr.spoken import GRAMMARS, LanguageKey
from ivr.spoken.grammar import HOURS_MAX, NUMBER_MAX
from ivr.spoken.values import KINDS, CurrencyCode, Kind, Manner, say, vocabulary

LANGUAGES: tuple[LanguageKey, ...] = get_args(LanguageKey)
CURRENCIES: tuple[CurrencyCode, ...] = get_args(CurrencyCode)
ROUND_NUMBERS = [n * 10**e for n in (1, 2, 11, 21, 71, 80, 91, 101, 200, 999) for e in (3, 6)]

every_language = pytest.mark.parametrize("language", LANGUAGES)


def said(text: str, kind: Kind, language: LanguageKey, currency: CurrencyCode = "EUR") -> str:
    return " ".join(say(text, Manner(kind, currency), language))


def plain(words: str, language: LanguageKey) -> str:
    """Without what is written but not heard, or heard in one half of the English world only."""
    words = words.casefold().replace("-", " ").replace(",", "")
    if language == "en":
        words = words.replace(" and ", " ")
    if language == "es":  # the library forgets that uno is cut short before what it counts
        words = re.sub(r"veintiuno (?=mil\b|millones)", "veintiún ", words)
        words = re.sub(r"\buno (?=mil\b|millones)", "un ", words)
    if language == "de":  # and that eins is, too, also behind a hundred
        words = re.sub(r"eins(?=tausend)", "ein", words)
        words = re.sub(r"eins (?=millionen)", "eine ", words)
    return words.replace(" ", "" if language == "de" else " ")


def holds_as_number(number: int, language: LanguageKey) -> None:
    expected = plain(num2words(number, lang=language), language)
    assert plain(said(str(number), "number", language), language) == expected


@every_language
def test_every_number_up_to_two_thousand(language: LanguageKey) -> None:
    for number in (*range(2000), *ROUND_NUMBERS):
        holds_as_number(number, language)


@given(number=st.integers(0, NUMBER_MAX))
@every_language
def test_any_number(language: LanguageKey, number: int) -> None:
    holds_as_number(number, language)


@every_language
def test_every_day_of_some_years(language: LanguageKey) -> None:
    for year in (1900, 1905, 1984, 2000, 2009, 2010, 2026, 2099):
        for after in range(0, 365, 3):
            day = date(year, 1, 1) + timedelta(after)
            fragments = said(day.isoformat(), "date", language)
            assert plain(fragments, language) == plain(_day(day, language), language)


def _day(day: date, language: LanguageKey) -> str:
    month = get_month_names("wide", locale=language)[day.month]
    year = num2words(day.year, lang=language, to="year")
    number = num2words(day.day, lang=language)
    ordinal = num2words(day.day, lang=language, to="ordinal")
    if language == "en":
        return f"{month} {ordinal} {year}"
    if language == "de":
        return f"{ordinal}r {month} {year}"
    if language == "fr":
        return f"{ordinal if day.day == 1 else number} {month} {year}"
    return f"{number} de {month} de {year}"


@every_language
@pytest.mark.parametrize("count", [1, 2, 21])
@pytest.mark.parametrize(("unit", "length_s"), [("second", 1), ("minute", 60), ("hour", 3600)])
def test_the_units_of_time_and_their_plurals(
    language: LanguageKey, count: int, unit: str, length_s: int
) -> None:
    with_number = format_unit(count, f"duration-{unit}", locale=language)
    fragments = say(str(count * length_s), Manner("duration"), language)
    assert fragments[-1] == re.sub(r"^[0-9]+\s", "", with_number)


@every_language
@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("count", [1, 2])
def test_the_currencies_and_their_plurals(
    language: LanguageKey, currency: CurrencyCode, count: int
) -> None:
    """The library's names say which country's money it is, which callers know."""
    name = get_currency_name(currency, count=count, locale=language).casefold()
    fragments = say(str(count), Manner("money", currency), language)
    assert set(fragments[-1].casefold().split()) & set(re.split(r"[\s-]", name))


@pytest.mark.parametrize(
    ("language", "kind", "text", "expected"),
    [
        ("en", "number", "-1234.50", "minus one thousand two hundred thirty-four point five"),
        ("en", "time", "21:05", "nine oh five p.m."),
        ("en", "time", "0:00", "midnight"),
        ("en", "time", "1200", "noon"),
        ("en", "time", "0:30", "twelve thirty a.m."),
        ("en", "duration", "3661", "one hour one minute and one second"),
        ("en", "duration", "0", "zero seconds"),
        ("en", "money", "0.5", "fifty cents"),
        ("en", "money", "-12.01", "minus twelve euros and one cent"),
        ("en", "spell", "Ab-1é", "A B dash one E"),
        ("en", "digits", "12 3#", "one two three pound"),
        ("de", "time", "1:01", "ein Uhr eins"),
        ("de", "time", "21:45", "einundzwanzig Uhr fünfundvierzig"),
        ("de", "duration", "75660", "einundzwanzig Stunden und eine Minute"),
        ("de", "money", "101.01", "einhundert ein Euro und ein Cent"),
        ("de", "money", "1000000", "eine Million Euro"),
        ("de", "spell", "Groß", "G R O Eszett"),
        ("fr", "time", "21:01", "vingt et une heures une"),
        ("fr", "time", "12:00", "midi"),
        ("fr", "time", "00:01", "zéro heure une"),
        ("fr", "duration", "4860", "une heure et vingt et une minutes"),
        ("fr", "money", "80.71", "quatre-vingts euros et soixante et onze centimes"),
        ("fr", "money", "2000000", "deux millions d'euros"),
        ("fr", "money", "0", "zéro euro"),
        ("es", "time", "13:01", "la una y uno de la tarde"),
        ("es", "time", "0:15", "las doce y quince de la noche"),
        ("es", "duration", "75660", "veintiuna horas y un minuto"),
        ("es", "money", "21.31", "veintiún euros con treinta y un céntimos"),
        ("es", "money", "1000000", "un millón de euros"),
    ],
)
def test_how_it_is_said(language: LanguageKey, kind: Kind, text: str, expected: str) -> None:
    assert said(text, kind, language) == expected


def test_spanish_numbers_agree_with_what_they_count() -> None:
    assert said("221", "money", "es", "GBP") == "doscientas veintiuna libras"
    assert said("500000", "money", "es", "GBP") == "quinientas mil libras"
    assert said("500", "money", "es", "USD") == "quinientos dólares"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "2026-02-30"),
        ("date", "24.12.2026"),
        ("date", "3026-01-01"),
        ("time", "24:00"),
        ("time", "9:5"),
        ("time", "²:15"),
        ("number", "12a"),
        ("number", str(NUMBER_MAX + 1)),
        ("number", "999999999.9999999"),
        ("money", "Infinity"),
        ("duration", "-1"),
        ("duration", str(HOURS_MAX * 3600)),
    ],
)
def test_what_is_no_such_value_is_read_out_as_it_stands(kind: Kind, text: str) -> None:
    assert said(text, kind, "en") == said(text, "digits", "en")


@settings(max_examples=30)
@given(text=st.text(max_size=30), currency=st.sampled_from(CURRENCIES))
@every_language
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_needs_a_fragment_not_spoken_before(
    language: LanguageKey, kind: Kind, text: str, currency: CurrencyCode
) -> None:
    manner = Manner(kind, currency)
    assert set(say(text, manner, language)) <= vocabulary(manner, language)


VALUES = {
    "number": st.decimals(-NUMBER_MAX, NUMBER_MAX, places=2).map(str),
    "money": st.decimals(-NUMBER_MAX, NUMBER_MAX, places=2).map(str),
    "duration": st.integers(0, HOURS_MAX * 3600).map(str),
    "date": st.dates(date(1890, 1, 1), date(2110, 1, 1)).map(date.isoformat),
    "time": st.times().map(lambda time: f"{time:%H:%M}"),
}


@settings(max_examples=50)
@given(data=st.data(), currency=st.sampled_from(CURRENCIES))
@every_language
@pytest.mark.parametrize("kind", sorted(VALUES))
def test_no_value_needs_a_fragment_not_spoken_before(
    language: LanguageKey, kind: Kind, data: st.DataObject, currency: CurrencyCode
) -> None:
    manner = Manner(kind, currency)
    assert set(say(data.draw(VALUES[kind]), manner, language)) <= vocabulary(manner, language)


@every_language
def test_a_vocabulary_is_small(language: LanguageKey) -> None:
    for kind in KINDS:
        assert len(vocabulary(Manner(kind), language)) <= 160
    assert len(GRAMMARS[language].characters) == len("0123456789*#+.")
