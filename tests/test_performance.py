"""The page of what was measured: it judges, explains and follows from its results."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from bench import performance, performance_page, performance_plot, results
from bench.errors import BenchError
from bench.measures import beside, profiled, start
from bench.measures.beside import Beside, Side
from bench.measures.trials import Peer
from bench.results import Machine, Measured, Results
from bench.servers import Programs

pytestmark = pytest.mark.one_engine
MACHINE = Machine("Debian", 2, 24, {"Python": "3.11"})
REPORT = """
 42.65% |  16576:tokio-rt-worker|[kernel.kallsyms]
 18.55% |  16576:tokio-rt-worker|_granian.cpython-311-x86_64-linux-gnu.so
 13.00% |  16577:python3        |[kernel.kallsyms]
  9.45% |  16577:python3        |libpython3.11.so.1.0
  4.20% |  16576:tokio-rt-worker|libc.so.6
"""


def side(rate: float, cpu: float = 20.0) -> Side:
    return Side(rate=rate, cpu=cpu, p50=0.2, p99=2.0)


def compared(caveat: float, constant: float) -> Beside:
    return Beside(9_000, side(caveat), side(50_000, 10.0), side(constant), 1.1)


def measured(found: object, *, is_quick: bool = False, busy: float = 0.1) -> Measured:
    at = datetime(2026, 11, 28, tzinfo=UTC)
    return Measured(at, is_quick, 1.0, busy, msgspec.to_builtins(found))


def known(**found: Any) -> Results:
    return Results(MACHINE, {name: measured(one) for name, one in found.items()})


def line(page: str, begin: str) -> str:
    (found,) = [one for one in page.splitlines() if one.startswith(begin)]
    return found


@pytest.fixture
def nginx() -> beside.Found:
    """Of a machine on which the article misses its bar, which no callable could meet."""
    ratios = {"article": 20_000.0, "key": 25_000.0, "304": 24_000.0, "list": 31_000.0}
    cases = {name: compared(rate, 30_000.0) for name, rate in ratios.items()}
    return beside.Found(cases, side(28_000.0))


def test_a_row_says_what_was_found_and_whether_its_bar_holds(nginx: beside.Found) -> None:
    page = performance_page.markdown(known(nginx=nginx))
    missed = line(page, "| a warm article, open delivery")
    assert "≥ 0.65 | **0.40** (20,000 of 50,000 requests/s)" in missed
    assert missed.endswith("| **0.67** of it; it has 0.60 of nginx | **missed** |")
    assert line(page, "| a warm list of 20").endswith("| holds |")


def test_what_is_missed_is_explained_by_the_ceiling(nginx: beside.Found) -> None:
    page = performance_page.markdown(known(nginx=nginx))
    assert "no Python callable reaches it here: the constant one has 0.60" in page
    assert "the difference is our own work" in line(page, "- the same by a reader who has it: 304")
    assert "- a warm list" not in page


def test_nginx_that_was_not_asked_fast_enough_is_named(nginx: beside.Found) -> None:
    page = performance_page.markdown(known(nginx=nginx))
    assert "nginx was busy for 50 % to 50 % of a core" in page


def test_what_was_not_measured_is_named() -> None:
    page = performance_page.markdown(known(start=start.Found(1.2, 1.4, 2.1, 5)))
    assert "1 of 1 hold." in page
    assert "Not measured: nginx, profile, caches" in page
    assert "No other content API was installed" in page


def test_a_quick_look_and_a_busy_machine_are_told() -> None:
    found = start.Found(1.2, 1.4, 2.1, 5)
    quick = Results(MACHINE, {"start": measured(found, is_quick=True, busy=1.0)})
    page = performance_page.markdown(quick)
    assert "**This is a quick look**" in page
    assert "**The machine had other work**" in page


def test_the_plot_is_readable_on_a_dark_ground(nginx: beside.Found) -> None:
    plot = performance_plot.svg(known(nginx=nginx))
    assert "prefers-color-scheme: dark" in plot
    root = ElementTree.fromstring(plot)  # noqa: S314 - of ours
    bars = [one for one in root.iter() if one.get("class") == "caveat"]
    assert len(bars) == 1 + 4, "the legend, and one for each kind"


def test_the_committed_page_and_plot_follow_from_the_committed_results(here: Path) -> None:
    docs = here / "docs"
    found = results.read(docs / "performance.json")
    assert (docs / "performance.md").read_text() == performance_page.markdown(found)
    assert (docs / "performance.svg").read_text() == performance_plot.svg(found)


def test_the_shares_of_perf_are_summed_by_library_and_thread() -> None:
    shares = profiled.parsed(REPORT)
    assert profiled.by_library(shares) == pytest.approx(
        {"kernel": 55.65, "granian": 18.55, "Python": 9.45, "libc": 4.2}
    )
    assert profiled.by_thread(shares) == pytest.approx(
        {
            "the threads that run Python": 22.45,
            "the threads that read and write connections": 65.4,
        }
    )


def test_a_peer_is_named_by_its_base_address_and_two_paths() -> None:
    assert performance.peer("other=http://127.0.0.1:5000/,/a?b=1,/list") == Peer(
        "other", "http://127.0.0.1:5000", "/a?b=1", "/list"
    )


@pytest.mark.parametrize(
    "text", ["other", "=http://h,/a,/b", "other=h,/a,/b", "other=http://h,/a", "o=http://h,a,b"]
)
def test_a_peer_without_all_of_that_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="NAME=BASE_URL"):
        performance.peer(text)


def test_what_is_finished_is_not_measured_again_but_a_quick_look_is_no_end() -> None:
    there = known(start=start.Found(1.2, 1.4, 2.1, 5))
    there.measures["cold"] = measured({}, is_quick=True)
    whole = performance.wanted(performance.parser().parse_args([]), there)
    assert "start" not in whole
    assert "cold" in whole
    assert not {"scale", "peers"} & {*whole}, "they need something of who asks"
    quick = performance.wanted(performance.parser().parse_args(["--quick"]), there)
    assert not {"start", "cold"} & {*quick}


def test_results_of_another_machine_are_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "performance.json"
    known(start=start.Found(1.2, 1.4, 2.1, 5)).write(path)
    python = Programs(wrk="/bin/true", nginx="/bin/true")
    with pytest.raises(BenchError, match="--again"):
        results.begun(path, python, is_anew=False)
    assert results.begun(path, python, is_anew=True).measures == {}


def test_a_file_of_something_else_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "performance.json"
    path.write_text('{"measures": []}')
    with pytest.raises(BenchError, match="no results of this bench"):
        results.read(path)
