"""The rule: every number that R also gives agrees with R to 1e-8 relative."""

import json
from pathlib import Path
from typing import Any

import pytest

from boursa.analytics import statistics

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text(encoding="utf-8"))
DATA = REFERENCE["data"]
CASES = REFERENCE["cases"]
RELATIVE = 1e-8
# A bound of an interval comes from R's root search, which stops within 1e-13 of the unit of the data.
ROOT_SEARCH = 1e-12


def _label(case: dict[str, Any]) -> str:
    options = ",".join(f"{key}={value}" for key, value in case["options"].items())
    return f"{case['test']}-{'+'.join(case['samples'])}-{case['alternative']}-{options}"


@pytest.mark.parametrize("case", CASES, ids=_label)
def test_r_gives_the_same_numbers(case: dict[str, Any]) -> None:
    result = statistics.run(
        case["test"],
        [DATA[name] for name in case["samples"]],
        names=case["samples"],
        alternative=case["alternative"],
        options=case["options"],
    ).to_dict()
    for path, expected in case["expect"].items():
        field, _, inner = path.partition(".")
        found = result[field][inner] if inner else result[field]
        if path == "p_value" and expected == 0:
            # R ran below the smallest double and wrote zero; BoursA says that p is too small to be written.
            assert 0 < found < 1e-300
            assert "p-below-range" in [caution["code"] for caution in result["warnings"]]
            continue
        absolute = ROOT_SEARCH if "hodges_lehmann" in path else 0
        assert found == pytest.approx(expected, rel=RELATIVE, abs=absolute), f"{path}: {case['call']}"


def test_every_test_is_compared() -> None:
    """The rule: each test has a case for its statistic, and each p-value that R computes well is compared."""
    compared = {(case["test"], path) for case in CASES for path in case["expect"]}
    for test in statistics.names():
        if test != "stationarity":
            assert (test, "statistic") in compared
    for test in (
        "shapiro-wilk",
        "jarque-bera",
        "wilcoxon",
        "mann-whitney",
        "spearman",
        "ljung-box",
        "arch-lm",
    ):
        assert (test, "p_value") in compared


def test_tiny_p_values_are_compared_too() -> None:
    """The rule: agreement is relative, so p-values far below the tolerance must occur among the cases."""
    small = [case["expect"]["p_value"] for case in CASES if 0 < case["expect"].get("p_value", 1) < 1e-10]
    assert len(small) >= 3
