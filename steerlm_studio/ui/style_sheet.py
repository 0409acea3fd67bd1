"""Flat controls with outlines that can be seen in both modes, where Fusion's cannot."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Literal

from steerlm_studio import resources
from steerlm_studio.ui.colours import Colours

_SHEET = """
QComboBox, QLineEdit, QAbstractSpinBox {{
    background: {base}; color: {text}; border: 1px solid {edge}; border-radius: 4px;
    padding: 2px 6px; selection-background-color: {selection}; selection-color: {text};
}}
QComboBox:disabled, QLineEdit:disabled, QAbstractSpinBox:disabled {{
    color: {edge}; border-color: {line};
}}
QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus {{
    border: 2px solid {accent}; padding: 1px 5px;
}}
QComboBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({down}); width: {sign}px; height: {sign}px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 16px; }}
QAbstractSpinBox::up-arrow {{ image: url({up}); width: {small}px; height: {small}px; }}
QAbstractSpinBox::down-arrow {{ image: url({down}); width: {small}px; height: {small}px; }}
QPushButton {{
    background: {raised}; color: {text}; border: 1px solid {edge}; border-radius: 4px;
    padding: 4px 12px;
}}
QPushButton:hover, QPushButton:checked {{ background: {selection}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 3px 11px; }}
QPushButton:disabled {{ color: {edge}; border-color: {line}; }}
QPushButton:default {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton:default:disabled {{ background: {line}; color: {edge}; border-color: {line}; }}
QToolButton {{
    qproperty-iconSize: {icon}px {icon}px;
    background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 2px;
}}
QToolButton:hover, QToolButton:checked {{ background: {selection}; }}
QToolButton:focus {{ border-color: {accent}; }}
#resteer {{ border-color: {accent}; color: {accent}; }}
#gap {{ background: {accent}; border: none; }}
#viewSwitch {{ background: {window}; border: 1px solid {edge}; border-radius: 5px; }}
#viewSwitch QToolButton {{ border-radius: 3px; padding: 2px 8px; }}
#question {{ background: {base}; border-radius: 6px; }}
ControlText {{ background: {window}; border: 1px solid {line}; border-radius: 4px; }}
ControlText:hover {{ border-color: {edge}; }}
ControlText:focus {{ background: {base}; border-color: {accent}; }}
QScrollBar {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {edge}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:hover {{ background: {secondary}; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
PromptInput, #systemText {{
    background: {base}; border: 1px solid {edge}; border-radius: 4px; padding: 1px;
}}
PromptInput:focus, #systemText:focus {{ border: 2px solid {accent}; padding: 0; }}
QToolButton::menu-indicator {{ image: none; }}
QCheckBox {{ spacing: 6px; }}
QCheckBox::indicator, QListWidget::indicator, QTableWidget::indicator {{
    width: {box}px; height: {box}px; border: 1px solid {edge}; border-radius: 3px;
    background: {base};
}}
QCheckBox::indicator:checked, QListWidget::indicator:checked, QTableWidget::indicator:checked {{
    image: url({check});
}}
QCheckBox::indicator:focus {{
    border: 2px solid {accent}; width: {inner}px; height: {inner}px;
}}
QToolBar {{ background: {window}; border: none; border-bottom: 1px solid {line}; }}
QMenuBar {{ background: {window}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QToolButton {{ font-size: {small}px; }}
SmallLabel, SmallElidedLabel, SmallNumberLabel {{ font-size: {small}px; color: {secondary}; }}
SmallLabel:disabled, SmallNumberLabel:disabled {{ color: {edge}; }}
TitleLabel {{ font-size: {title}px; font-weight: 600; }}
NumberLabel {{ font-family: "{fixed}"; }}
QToolTip {{ background: {base}; color: {text}; border: 1px solid {edge}; padding: 4px; }}
"""


def style_sheet(
    colours: Colours, mode: Literal["light", "dark"], sizes: Mapping[str, int], fixed: str
) -> str:
    """The application's style sheet; `sizes` in pixels, `fixed` the family for numbers."""
    signs = {
        name: resources.path(f"icons/{mode}/{file}.svg").as_posix()
        for name, file in (("down", "chevron-down"), ("up", "chevron-up"), ("check", "check"))
    }
    return _SHEET.format(
        **asdict(colours),
        **signs,
        **sizes,
        fixed=fixed,
        box=sizes["body"],
        inner=sizes["body"] - 2,  # a thicker border must not push the text aside
        sign=sizes["body"] + 1,
        icon=round(sizes["body"] * 16 / 13),
    )
