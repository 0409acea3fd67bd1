"""Bytes and times as the user's language writes them."""

from PySide6.QtCore import QCoreApplication, QLocale


def bytes_text(count: float) -> str:
    """In decimal units, as the hub and disks count."""
    return QLocale().formattedDataSize(round(count), 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def time_text(seconds: float) -> str:
    """For example "3 min 20 s", the two largest units."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _tr("%1 h %2 min").replace("%1", str(hours)).replace("%2", str(minutes))
    if minutes:
        return _tr("%1 min %2 s").replace("%1", str(minutes)).replace("%2", str(rest))
    return _tr("%1 s").replace("%1", str(rest))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Amounts", text)
