"""Autocovariances of a series: dot products for few lags, the Fourier transform for many."""

from __future__ import annotations

import numpy as np
from scipy import fft

from boursa.analytics.series import FloatArray

# Up to here the dot products are faster than three transforms.
_FEW = 64


def autocovariances(centred: FloatArray, lags: int) -> FloatArray:
    """Return the sums ``centred[k:] @ centred[:-k]`` for k = 0, ..., `lags` < n (not divided by n).

    In O(n) for a given number of lags, O(n log n) at the most; never O(n**2).
    """
    n = centred.size
    if lags <= _FEW:
        return np.array([centred[k:] @ centred[: n - k] for k in range(lags + 1)])
    padded = fft.next_fast_len(n + lags, real=True)
    spectrum = fft.rfft(centred, padded)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(fft.irfft(power, padded)[: lags + 1], dtype=np.float64)
