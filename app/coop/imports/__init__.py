"""Files that co-operatives bring, taken in: first the forecast of each row, then the same forecast written, in slices."""
