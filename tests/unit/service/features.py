"""The feature codes of a house, with the PINs of its two supervisors."""

from ivr.service.closures import Closures
from ivr.service.dispositions import Dispositions
from ivr.service.features import Features
from ivr.service.help import Help
from ivr.service.messages import MailboxService, Messages
from ivr.service.retrieval import Retrieval
from ivr.service.supervision import Supervision
from tests.unit.service.fakes import House

PINS = {"1009": "123456", "1010": "654321"}


def features(
    house: House,
    of_closures: Closures | None = None,
    supervision: Supervision | None = None,
    service: MailboxService | None = None,
    helping: Help | None = None,
    dispositions: Dispositions | None = None,
) -> Features:
    return Features(
        house.desk,
        supervision or Supervision(house.desk),
        of_closures or closures(house),
        Retrieval(service or mailboxes(house), house.desk.clock),
        helping or Help(house.desk.conversations, house.events, house.desk.clock),
        dispositions or dispositions_of(house),
        PINS,
    )


def dispositions_of(house: House) -> Dispositions:
    desk = house.desk
    feed = house.dispatcher.feed
    return Dispositions(lambda: desk.site, desk.conversations, feed, house.events, house.clock)


def closures(house: House) -> Closures:
    return Closures(lambda: house.desk.site, house.events, house.desk.clock)


def mailboxes(house: House, messages: Messages | None = None) -> MailboxService:
    return MailboxService(
        lambda: house.desk.site,
        messages or Messages(house.directory),
        house.events,
        house.desk.clock,
    )
