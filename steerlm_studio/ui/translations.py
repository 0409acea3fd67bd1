"""The window in the user's language: our words and Qt's own, where there are translations."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from steerlm_studio import resources
from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.steer.presets import Preset

PREFIX = "steerlm_studio"
_ENGLISH = "en"


def languages() -> dict[str, str]:
    """What the window can be shown in: code to the language's own name."""
    found = resources.path("translations").glob(f"{PREFIX}_*.qm")
    codes = sorted(file.stem.removeprefix(f"{PREFIX}_") for file in found)
    return {code: LANGUAGES[code][1] for code in codes}


def locale_for(language: str) -> QLocale:
    """The locale of a language that was chosen; "" is the system's."""
    return QLocale(language) if language else QLocale.system()


def install_translations(app: QApplication, locale: QLocale) -> list[QTranslator]:
    """Use the translations for `locale`; English has one too, for its plurals.

    Qt's own words (buttons, file dialogs) speak the language of ours, never one of their own.
    """
    ours, qts = QTranslator(app), QTranslator(app)
    folder = str(resources.path("translations"))
    if not ours.load(locale, PREFIX, "_", folder):
        ours.load(f"{PREFIX}_{_ENGLISH}", folder)
    language = QLocale(ours.language() or _ENGLISH)
    qts.load(language, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    installed = [each for each in (qts, ours) if not each.isEmpty()]
    for translator in installed:
        app.installTranslator(translator)
    return installed


def name_of(preset: Preset) -> str:
    """As it is shown: a shipped preset's in the user's language, an own one's as it was given."""
    return QCoreApplication.translate("Preset", preset.name) if preset.shipped else preset.name


def language_in_words(code: str) -> str:
    """The name of a reply's language, in the window's."""
    return QCoreApplication.translate("Language", LANGUAGES[code][0])


def description_of(preset: Preset) -> str:
    said = preset.description
    return QCoreApplication.translate("Preset", said) if preset.shipped and said else said


def card_in_words(said: str) -> str:
    """What the catalogue says of a model, in the user's language; else as it stands there."""
    return QCoreApplication.translate("Catalogue", said) if said else ""
