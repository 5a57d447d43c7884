"""The GSM 7-bit default alphabet and its extension (3GPP TS 23.038, tables 6.2.1 and 6.2.1.1)."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each. Capital Ç is in, small ç is not."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and a code, which may not be split over two messages."""

ALL = BASIC | EXTENSION
