"""Chance without a clock and without a library: the same seed, the same throws."""

_MASK = 2**64 - 1


class Dice:
    """SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014; constants as in S. Vigna's reference code. Not for secrets."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def word(self) -> int:
        """64 random bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def uniform(self) -> float:
        """Above 0, and at most 1."""
        return ((self.word() >> 11) + 1) / 2**53
