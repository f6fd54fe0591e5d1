"""Which scenarios may run beside each other."""

from pathlib import Path

from tests.e2e.families import families

PEOPLE = {"ann", "ben", "cem"}


def grouped(directory: Path, **texts: str) -> dict[str, str]:
    """File with a scenario on the shared instance -> family, both without the suffix."""
    for name, text in texts.items():
        (directory / f"{name}.py").write_text(text, "utf-8")
    found = families(sorted(directory.glob("*.py")), PEOPLE)
    return {
        file.removesuffix(".py"): first.removesuffix(".py") for (file, _), first in found.items()
    }


def scenario(*people: str, fixture: str = "house", name: str = "test_it") -> str:
    return f"async def {name}({fixture}: House) -> None:\n    await house.people{people!r}\n"


def test_who_shares_nobody_stands_alone(tmp_path: Path) -> None:
    found = grouped(tmp_path, test_a=scenario("ann", "music"), test_b=scenario("ben", "music"))
    assert found == {"test_a": "test_a", "test_b": "test_b"}


def test_two_who_share_with_a_third_are_of_one_family(tmp_path: Path) -> None:
    found = grouped(
        tmp_path, test_a=scenario("ann"), test_b=scenario("cem"), test_c=scenario("cem", "ann")
    )
    assert found == dict.fromkeys(("test_a", "test_b", "test_c"), "test_a")


def test_people_in_a_house_of_their_own_disturb_nobody(tmp_path: Path) -> None:
    own = 'async def house(own_house: House) -> House:\n    """Their own."""\n'
    alone = scenario("ann", fixture="own_house")
    for name, text in {
        "test_a": scenario("ann"),
        "test_b": alone,
        "test_c": own + scenario("ann"),
        "test_d": scenario("ann", fixture="own_house", name="test_alone") + scenario("ben"),
    }.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    found = families(sorted(tmp_path.glob("*.py")), PEOPLE)
    assert found == {
        ("test_a.py", "test_it"): "test_a.py",
        ("test_d.py", "test_it"): "test_d.py",
    }


def test_what_is_borrowed_brings_its_people_but_not_those_of_the_scenarios(tmp_path: Path) -> None:
    lender = 'async def helped(house: House) -> None:\n    await house.agents("ann")\n'
    found = grouped(
        tmp_path,
        test_a=scenario("ann"),
        test_b=lender + scenario("ben", fixture="own_house"),
        test_c="from tests.e2e.test_b import helped\n" + scenario("cem"),
        test_d=scenario("ben"),
    )
    assert found == {"test_a": "test_a", "test_c": "test_a", "test_d": "test_d"}
