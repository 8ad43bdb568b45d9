"""The catalogue of tests: complete, true to the functions behind it, and light to import."""

import inspect
import subprocess
import sys

import pytest

from boursa.analytics import statistics
from boursa.analytics.statistics import CATALOGUE, StatisticalTest, find, load, names
from boursa.errors import NameUnknown
from boursa.language import Text

each_test = pytest.mark.parametrize("test", CATALOGUE, ids=lambda test: test.name)


def test_listing_tests_loads_no_numerical_library() -> None:
    """The web process lists tests; SciPy would cost it a second and a hundred megabytes."""
    code = (
        "import sys; from boursa.analytics import statistics; statistics.names(); statistics.find('adf');"
        "print(*[name for name in ('scipy', 'pandas', 'statsmodels', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", names())
def test_no_test_drags_in_a_heavy_package(name: str) -> None:
    """`boursa test` computes in its own process: scipy.stats or statsmodels would cost it seconds."""
    code = (
        f"import sys; from boursa.analytics import statistics as s; s.load(s.find({name!r}));"
        "print(*[name for name in ('scipy.stats', 'pandas', 'statsmodels', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@each_test
def test_every_line_resolves_to_a_function(test: StatisticalTest) -> None:
    """A line of the catalogue names a function that exists."""
    assert callable(load(test))


@each_test
def test_options_are_the_parameters_of_the_function(test: StatisticalTest) -> None:
    """What the catalogue offers, with its defaults, is exactly what the function takes."""
    parameters = inspect.signature(load(test)).parameters
    offered = {option.name: option.default for option in test.options}
    if test.alternatives:
        offered["alternative"] = "two-sided"
    taken = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name not in ("names", "unit")
    }
    assert offered == taken
    assert ("unit" in parameters) == test.measured


@each_test
def test_samples_are_the_positional_parameters(test: StatisticalTest) -> None:
    """The fewest columns are the required positions, the most columns are all of them."""
    positions = [
        parameter
        for parameter in inspect.signature(load(test)).parameters.values()
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    required = [parameter for parameter in positions if parameter.default is inspect.Parameter.empty]
    assert (len(required), len(positions)) == test.columns


@each_test
def test_every_line_speaks_both_languages(test: StatisticalTest) -> None:
    """Question, summary and each option's note exist in French and in English, and differ."""
    texts: list[Text] = [test.question, test.summary, *(option.note for option in test.options)]
    for text in texts:
        assert text.fr
        assert text.en
        assert text.fr != text.en


def test_names_are_unique_and_as_published() -> None:
    """Scripts count on the names of the public interface."""
    published = {"shapiro-wilk", "jarque-bera", "wilcoxon", "mann-whitney", "spearman", "adf", "kpss"}
    assert published | {"stationarity", "ljung-box", "arch-lm"} <= set(names())
    assert len(set(names())) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("wish", "near"),
    [("shapiro", "shapiro-wilk"), ("Mann Whitney", "mann-whitney"), ("ljungbox", "ljung-box")],
)
def test_an_unknown_name_is_answered_with_the_nearest(wish: str, near: str) -> None:
    """A slip of the pen is answered with the name that was probably meant."""
    with pytest.raises(NameUnknown) as refused:
        find(wish)
    assert str(refused.value).endswith(f"Nearest names: {near}.") or f"names: {near}," in str(refused.value)


def test_a_name_like_no_other_is_answered_with_all() -> None:
    """Where nothing is near, the person sees what there is."""
    with pytest.raises(NameUnknown) as refused:
        find("zzz")
    assert all(name in str(refused.value) for name in statistics.names())
