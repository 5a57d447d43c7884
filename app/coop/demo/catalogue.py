"""The demo's fixed part: products with their spellings, prices in XOF."""

from decimal import Decimal

PRODUCTS: tuple[tuple[str, str, bool, int, int, tuple[str, ...]], ...] = (
    ("Thiof", "kg", True, 1, 4500, ("tiof", "cof", "merou")),
    ("Sardinelle", "caisse", False, 1, 9000, ("yaboy", "yaboye", "sardine")),
    ("Poulpe", "kg", True, 1, 3200, ("yaranka", "pieuvre")),
    ("Yeet", "kg", True, 2, 2500, ("yet", "yete", "cymbium")),
    ("Keccax", "caisse", False, 2, 12500, ("ketiakh", "kethiakh", "kecax", "braise")),
    ("Gejj", "kg", True, 2, 3000, ("guedj", "gedj", "poisson seche")),
    ("Tomate", "kg", True, 3, 400, ("tamaate", "kamaate")),
    ("Oignon", "sac", False, 3, 11000, ("soble", "onion")),
    ("Mil", "kg", True, 3, 300, ("dugub", "souna")),
    ("Arachide", "sac", False, 3, 14000, ("gerte", "cacahuete")),
    ("Poulet", "pièce", False, 4, 3500, ("ganaar", "volaille")),
)
"""Name, usual unit, whether it is divided, trade (from 1), federation's price, other spellings."""

SLOTS = (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13)
"""The slots of these products in each co-operative, for life."""

OFFERS = (("Keccax en sachet", "sachet", 1500, Decimal(40)), ("Confiture de mangue", "pot", 1000, Decimal(24)))
"""Goods at the boutique témoin: name, unit, XOF a unit, what is left."""
