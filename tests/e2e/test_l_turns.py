"""l. Round robin: whose turn it is rings, though another has been idle for longer."""

from tests.e2e.house import House


async def test_the_turn_decides_and_not_how_long_somebody_was_idle(house: House) -> None:
    ivo, jan = await house.agents("l_ivo", "l_jan")
    one, two = await house.people("l_caller_2", "l_caller_8")
    await one.dials("6560")
    await one.presses("6")
    await ivo.rings()
    await ivo.picks_up()
    await two.dials("6560")
    await two.presses("6")
    await jan.rings()
    await jan.picks_up()
    await two.hears_only(jan)
    await two.hangs_up()  # Jan is the first to be idle again
    await jan.is_hung_up()
    await house.state(jan, "available")
    await one.hears_only(ivo)
    await one.hangs_up()
    await ivo.is_hung_up()
    await house.state(ivo, "available")

    await two.dials("6560")
    await two.presses("6")
    await ivo.rings()
    await ivo.picks_up()
    await two.hears_only(ivo)
    await two.hangs_up()
