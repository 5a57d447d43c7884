"""What is written down of a browser: its family and its address, cut short."""

import ipaddress

FAMILIES = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""What names a family in what a browser says of itself; the first that is found counts, for most say they are others, too."""


def family_of(agent: str) -> str:
    """Return a browser's family, as people know it."""
    return next((family for sign, family in FAMILIES if sign in agent), "autre navigateur")


def short_address(address: str | None) -> str:
    """Return an address without what tells a device from its neighbours: of IPv4 three numbers, of IPv6 48 bits."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    kept = ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False)
    return str(kept.network_address).removesuffix(".0") + ".x" if found.version == 4 else str(kept.network_address)
