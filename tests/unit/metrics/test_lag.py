"""The lag probe reports how late its timer came."""

import asyncio

from ivr.metrics import LoopLag


async def test_lag_is_reported_again_and_again_until_closed() -> None:
    seen: list[float] = []
    third = asyncio.Event()

    def observe(seconds: float) -> None:
        seen.append(seconds)
        if len(seen) == 3:
            third.set()

    lag = LoopLag(observe, period_s=0.001)
    lag.start()
    async with asyncio.timeout(5):
        await third.wait()
    lag.close()
    count = len(seen)
    assert all(0 <= seconds < 5 for seconds in seen)
    loop = asyncio.get_running_loop()
    passed = loop.create_future()
    loop.call_later(0.01, passed.set_result, None)
    await passed
    assert len(seen) == count


async def test_whatever_is_made_of_it_the_next_look_comes() -> None:
    twice = asyncio.Event()
    seen: list[float] = []

    def observe(seconds: float) -> None:
        seen.append(seconds)
        if len(seen) == 1:
            raise OSError("no descriptor left")
        twice.set()

    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, said: told.append(said))
    lag = LoopLag(observe, period_s=0.001)
    lag.start()
    async with asyncio.timeout(5):
        await twice.wait()
    lag.close()
    assert len(told) == 1
