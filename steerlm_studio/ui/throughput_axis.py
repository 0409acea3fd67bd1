"""Axes and curves of the plot: numbers in the user's language, round ends, no needless points."""

import math

import numpy as np
import numpy.typing as npt
import pyqtgraph
from PySide6.QtCore import QLocale
from PySide6.QtGui import QFont, QFontMetrics

from steerlm_studio.ui.rates import Curve

_ROOMY = 5  # lines of text: from here on an axis has more than its ends labelled
_MOST_POINTS = 400  # of one curve
Points = npt.NDArray[np.float64]


class Axis(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Ticks with the numbers of the user's language; only the ends where there is no room."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        line = QFontMetrics(self.style["tickFont"] or QFont()).height()
        if self.orientation == "left" and size < _ROOMY * line:
            return [(high - low, [low, high])]
        found: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
        return found

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [QLocale().toString(round(value * scale, 9), "g", 6) for value in values]


def thinned(curve: Curve) -> tuple[Points, Points]:
    """Means over equal stretches, where there are more points than can be told apart."""
    seconds, rates = np.asarray(curve.seconds), np.asarray(curve.rates)
    stretch = -(-len(seconds) // _MOST_POINTS)
    if stretch < 2:
        return seconds, rates
    whole = len(seconds) // stretch * stretch
    means = (values[:whole].reshape(-1, stretch).mean(axis=1) for values in (seconds, rates))
    x, y = means
    return np.append(x, seconds[-1]), np.append(y, rates[-1])


def round_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 6, 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((s * power for s in (1, 1.5, 2, 3, 4, 6, 8) if s * power >= value), 10 * power)
