"""The feature codes of a house, with the PINs of its two supervisors."""

from ivr.service.closures import Closures
from ivr.service.features import Features
from ivr.service.supervision import Supervision
from tests.unit.service.fakes import House

PINS = {"1009": "123456", "1010": "654321"}


def features(house: House) -> Features:
    return Features(house.desk, Supervision(house.desk), closures(house), PINS)


def closures(house: House) -> Closures:
    return Closures(lambda: house.desk.site, house.events, house.desk.clock)
