"""The sixteen communes of the department of Mbour, and the trades that its co-operatives have."""

COMMUNES = (
    "Mbour", "Joal-Fadiouth", "Thiadiaye", "Nguékhokh", "Saly Portudal", "Ngaparou", "Somone", "Popenguine-Ndayane", "Sindia",
    "Malicounda", "Diass", "Fissel", "Ndiaganiao", "Séssène", "Sandiara", "Nguéniène",
)  # fmt: skip

FILIERES = (("PECHE", "Pêche artisanale"), ("TRANSFO", "Transformation"), ("MARAICHAGE", "Maraîchage"), ("ELEVAGE", "Élevage"))
