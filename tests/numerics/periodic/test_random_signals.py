"""Random waves and pieces of waves."""

import numpy as np

from mlsim.numerics.periodic.random_signals import random_pieces, random_waves


def test_waves_have_no_modes_beyond_theirs_and_no_mean():
    waves = random_waves(5, 64, modes=6, decay=3.0, rng=np.random.default_rng(0))
    spectrum = np.abs(np.fft.rfft(waves)) / 64
    assert spectrum[:, 0].max() < 1e-14
    assert spectrum[:, 7:].max() < 1e-14
    assert spectrum[:, 1].min() > 0


def test_pieces_are_waves_between_as_many_jumps():
    signals = random_pieces(20, 512, pieces=3, modes=1, decay=1.0, gap=0.2, rng=np.random.default_rng(1))
    steps = np.abs(np.diff(signals, axis=1, append=signals[:, :1]))
    # a wave of amplitude a changes by at most 2 pi a / 512 per step; amplitudes are normal times exp(-1)
    jumps = (steps > 0.03).sum(axis=1)
    assert (jumps <= 3).all()
    assert (jumps == 3).mean() > 0.5
