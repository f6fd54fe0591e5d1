"""How long whoever guesses has to wait."""


def doubled(failures: int, costly: int, first_s: float, most_s: float) -> float:
    """Seconds, after so many failures: none before the `costly`-th, `first_s` after that one,
    after each further one twice as long, `most_s` at the most."""
    if failures < costly:
        return 0.0
    return min(most_s, first_s * 2.0 ** min(failures - costly, 32))
