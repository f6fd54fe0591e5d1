"""x. A caller hears the same of two greetings at every call."""

from tests.e2e.house import House

NUMBER = "6985"
LEFT = "You have been sent to the left, where everything is green."
RIGHT = "Callers like yourself arrive on the right hand side of the building."


async def test_each_caller_goes_the_same_way_at_every_call(house: House) -> None:
    one, other = await house.people("x_caller_1", "x_caller_2")
    left, right = await house.speech(LEFT), await house.speech(RIGHT)
    for _ in range(2):
        for caller, own, way in ((one, left, "left"), (other, right, "right")):
            await caller.dials(NUMBER)
            call = await house.call_of(caller)
            await caller.hears_said(own)
            await caller.is_hung_up()
            taken = await house.journal.tells("node.left", call=call, node="greeting")
            assert taken.outcome == f"ways:{way}:next"
    assert one.sound.place_of(right) is None
    assert other.sound.place_of(left) is None
