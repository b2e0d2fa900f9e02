from __future__ import annotations

from geocairn.checks import REMOVED, Checker, score
from geocairn.checks.examples import ITEM
from geocairn.checks.rule import patched
from geocairn.checks.score import COMPLETENESS


def test_points_sum_to_a_hundred() -> None:
    assert sum(part.points for part in COMPLETENESS) == 100
    assert len({part.name for part in COMPLETENESS}) == len(COMPLETENESS)


def test_a_complete_and_sound_item_has_a_hundred(checker: Checker) -> None:
    result = score(ITEM, checker.item(ITEM))
    assert (result.total, result.complete, result.lost, result.advice) == (100, 100, 0, ())


def test_advice_says_what_would_raise_it_most_first(checker: Checker) -> None:
    item = patched(ITEM, {"/properties/license": REMOVED, "/properties/keywords": REMOVED})
    result = score(item, checker.item(item))
    # The missing licence costs its own points and those of the warning about it.
    assert (result.complete, result.lost, result.total) == (91, 4, 87)
    assert [points for points, _ in result.advice] == [7, 4, 2]
    assert result.advice[0][1] == "Add license."
    assert result.advice[1][1].startswith("STAC050: ")


def test_following_the_advice_gives_what_it_promises(checker: Checker) -> None:
    poor = patched(ITEM, {"/properties/license": REMOVED, "/properties/keywords": REMOVED})
    before = score(poor, checker.item(poor))
    better = patched(poor, {"/properties/keywords": ["flood"]})
    assert score(better, checker.item(better)).total == before.total + before.advice[2][0]


def test_a_code_counts_once_and_losses_have_a_limit(checker: Checker) -> None:
    many = patched(ITEM, {"/properties/mlm:input/0/bands": ["a", "b", "c", "d"]})
    findings = checker.item(many)
    assert [f.code for f in findings] == ["MLM030"] * 4
    assert score(many, findings).lost == 15
    assert score({}, checker.item({})).total == 0


def test_null_is_an_answer(checker: Checker) -> None:
    item = patched(
        ITEM, {"/properties/mlm:accelerator": None, "/properties/mlm:memory_size": REMOVED}
    )
    assert score(item, []).complete == 100
