"""The GSM 7-bit alphabet: folding to it and exact counting."""

from app.gsm7.count import NotGsm7, Size, fits, measure, outside, septets
from app.gsm7.fold import fold

__all__ = ["NotGsm7", "Size", "fits", "fold", "measure", "outside", "septets"]
