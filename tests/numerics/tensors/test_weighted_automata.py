"""Functions of words: exact means, automata that keep the length of their state, words without repetition."""

import numpy as np
import pytest

from mlsim.numerics.tensors.weighted_automata import all_words, distinct_words, random_automaton, random_train_function

KINDS = {"train": random_train_function, "automaton": random_automaton}


def _generators():
    return np.random.default_rng(1), np.random.default_rng(2)


@pytest.mark.parametrize("kind", KINDS)
def test_mean_square_over_all_words_is_one(kind):
    function = KINDS[kind](np.random.default_rng(0), letters=3, sites=6, rank=4, spread=0.7)
    values = function.values(all_words(letters=3, sites=6))
    assert np.mean(values**2) == pytest.approx(1.0, rel=1e-12)
    assert function.mean_square() == pytest.approx(1.0, rel=1e-12)


def test_letters_of_an_automaton_are_rotations_and_equal_at_all_sites():
    automaton = random_automaton(np.random.default_rng(0), letters=2, sites=4, rank=5, spread=1.0)
    for G in automaton.cores[0]:
        np.testing.assert_allclose(G @ G.T, np.eye(5), atol=1e-13)
    assert (automaton.cores == automaton.cores[:1]).all()


def test_words_are_distinct_and_cover_everything_when_all_are_asked_for():
    test, train = distinct_words(*_generators(), letters=2, sites=4, count=(6, 10))
    assert {tuple(word) for word in np.concatenate([test, train]).tolist()} == {
        tuple(word) for word in all_words(letters=2, sites=4).tolist()
    }


def test_test_words_do_not_depend_on_the_number_of_training_words():
    few, many = (distinct_words(*_generators(), letters=4, sites=16, count=(20, count)) for count in (10, 500))
    assert np.array_equal(few[0], many[0])
