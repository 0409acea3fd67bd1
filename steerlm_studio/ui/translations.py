"""The window in the user's language: our words and Qt's own, where there are translations."""

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from steerlm_studio import resources

PREFIX = "steerlm_studio"


def install_translations(app: QApplication, locale: QLocale) -> list[QTranslator]:
    """Use the translations for `locale`; English has one too, for its plurals."""
    ours, qts = QTranslator(app), QTranslator(app)
    folder = str(resources.path("translations"))
    if not ours.load(locale, PREFIX, "_", folder):
        ours.load(f"{PREFIX}_en", folder)
    qts.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    installed = [each for each in (qts, ours) if not each.isEmpty()]
    for translator in installed:
        app.installTranslator(translator)
    return installed
