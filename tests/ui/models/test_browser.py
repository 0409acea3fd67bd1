"""Open model: the disk, the catalogue, the hub, each through a child of the window."""

import os
import shutil
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from steerlm_studio import folders, resources
from steerlm_studio.models.licences import accepted, licence_named
from steerlm_studio.ui.models.browser import ModelBrowser
from tests.models.fake_hub import FakeHub
from tests.ui.models.conftest import FILE, REPO

PATIENCE = 30_000  # ms


def test_a_folder_is_searched_and_a_model_that_is_no_steerlm_model_is_called_so(
    browser: ModelBrowser, qtbot: QtBot, tmp_path: Path
) -> None:
    from tests.engine.families import write_llama

    folder = tmp_path / "mine"
    folder.mkdir()
    path = write_llama(folder / "other.gguf")
    shutil.copy(path, folder / "damaged.gguf")
    (folder / "damaged.gguf").write_bytes(b"GGUF????")
    browser.local.add_folder(str(folder))
    qtbot.waitUntil(lambda: browser.local.table.count == 3, timeout=PATIENCE)
    browser.local.table.pick(str(path))
    assert "no SteerLM model" in browser.file_card.warning.message.text()
    assert browser.file_card.open.isEnabled()
    browser.local.table.pick(str(folder / "damaged.gguf"))
    assert not browser.file_card.open.isEnabled()
    browser.local.filter.setText("other")
    table = browser.local.table
    hidden = [table.isRowHidden(row, table.rootIndex()) for row in range(3)]
    assert hidden.count(False) == 1


def test_a_card_of_the_catalogue_is_there_without_the_hub(browser: ModelBrowser) -> None:
    browser.places.setCurrentRow(1)
    browser.catalogue.table.pick("nemotron-3-8b-chat-4k-steerlm")
    card = browser.hub_card
    assert "seventeen attributes" in card.summary.text()
    assert "English is the supported language" in card.limits.text()
    assert card.scores.isVisible()
    assert "AI Foundation" in card.licence.name.text()


def test_a_model_of_the_hub_is_found_shown_and_fetched(browser: ModelBrowser, qtbot: QtBot) -> None:
    browser.places.setCurrentRow(2)
    browser.hub.words.setText("steerlm")
    qtbot.keyClick(browser.hub.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: browser.hub.table.count == 1, timeout=PATIENCE)
    browser.hub.table.pick(REPO)
    qtbot.waitUntil(lambda: FILE in browser.hub_card.files.buttons, timeout=PATIENCE)
    with qtbot.waitSignal(browser._downloads.finished, timeout=PATIENCE):
        browser.hub_card.files.buttons[FILE].click()
    assert browser.pages.currentWidget() is browser.fetched


def test_a_licence_that_asks_is_accepted_once_before_a_file_is_fetched(
    browser: ModelBrowser, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    fake_hub.repos[REPO].card = {"license": "llama2"}
    browser.places.setCurrentRow(2)
    browser.hub.words.setText(f"https://huggingface.co/{REPO}")
    browser.hub.search()
    card = browser.hub_card
    qtbot.waitUntil(lambda: FILE in card.files.buttons, timeout=PATIENCE)
    assert not card.files.buttons[FILE].isEnabled()
    card.licence.agree.click()
    assert card.files.buttons[FILE].isEnabled()
    assert card.focusWidget() is card.files.buttons[FILE]  # not the button that opens a browser
    assert "llama2" in accepted()


def test_a_licence_is_accepted_on_a_disk_that_refuses_and_asked_again_next_time(
    browser: ModelBrowser, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    fake_hub.repos[REPO].card = {"license": "llama2"}
    (folders.config() / f"licences.json.{os.getpid()}.tmp").mkdir(parents=True)  # in the way
    browser.places.setCurrentRow(2)
    browser.hub.words.setText(f"https://huggingface.co/{REPO}")
    browser.hub.search()
    card = browser.hub_card
    qtbot.waitUntil(lambda: FILE in card.files.buttons, timeout=PATIENCE)
    card.licence.agree.click()
    assert card.files.buttons[FILE].isEnabled()
    assert "asked again next time" in card.licence.notice.message.text()
    assert accepted() == {}
    card.licence.show_licence(licence_named("llama2"))
    assert card.licence.is_accepted
    assert not card.licence.notice.isVisible()


def test_what_the_hub_does_not_have_is_said(browser: ModelBrowser, qtbot: QtBot) -> None:
    browser.places.setCurrentRow(2)
    browser.hub.words.setText("ada/none")
    browser.hub.search()
    notice = browser.hub_card.notice
    qtbot.waitUntil(lambda: "no model at" in notice.message.text(), timeout=PATIENCE)


def test_a_wrong_token_is_refused_and_a_right_one_kept_in_the_hubs_own_file(
    browser: ModelBrowser, qtbot: QtBot, tmp_path: Path
) -> None:
    browser.places.setCurrentRow(2)
    login = browser.hub.login
    qtbot.waitUntil(lambda: not login.question.is_asking, timeout=PATIENCE)
    login.button.click()
    login.token.setText("hf_bad")
    qtbot.keyClick(login.token, Qt.Key.Key_Return)
    said = browser.hub.notice.message
    qtbot.waitUntil(lambda: "does not know this token" in said.text(), timeout=PATIENCE)
    login.token.setText("hf_good")
    with qtbot.waitSignal(login.logged_in, timeout=PATIENCE):
        qtbot.keyClick(login.token, Qt.Key.Key_Return)
    assert login.who.text() == "Logged in as ada"
    assert browser.hub.notice.isHidden()  # on the token before
    assert (tmp_path / "hf" / "token").read_text() == "hf_good"


def paste(browser: ModelBrowser, qtbot: QtBot, text: str) -> None:
    browser.places.setCurrentRow(2)
    browser.hub.words.setText(text)
    qtbot.keyClick(browser.hub.words, Qt.Key.Key_Return)


def test_a_link_to_a_file_in_another_revision_is_fetched_from_there(
    browser: ModelBrowser, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    paste(browser, qtbot, f"{fake_hub.url}/{REPO}/blob/refs%2Fpr%2F1/{FILE}?x=1")
    card = browser.hub_card
    qtbot.waitUntil(lambda: FILE in card.files.buttons, timeout=PATIENCE)
    assert any("/revision/refs%2Fpr%2F1" in request.path for request in fake_hub.requests)
    assert card.focusWidget() is card.files.buttons[FILE]
    with qtbot.waitSignal(browser._downloads.finished, timeout=PATIENCE):
        card.files.buttons[FILE].click()
    assert {request.path for request in fake_hub.gets} == {f"/{REPO}/resolve/refs%2Fpr%2F1/{FILE}"}


def test_a_model_in_parts_is_one_row_and_fetched_whole(
    browser: ModelBrowser, qtbot: QtBot, fake_hub: FakeHub, tmp_path: Path
) -> None:
    parts = [f"m-0000{number}-of-00003.gguf" for number in (1, 2, 3)]
    fake_hub.add("ada/large", {name: name.encode() * 99 for name in parts}, card={"license": "mit"})
    paste(browser, qtbot, "ada/large")
    qtbot.waitUntil(lambda: parts[0] in browser.hub_card.files.buttons, timeout=PATIENCE)
    assert list(browser.hub_card.files.buttons) == parts[:1]
    browser.hub_card.files.buttons[parts[0]].click()
    downloads = browser._downloads
    assert [download.address.file for download in downloads.all] == parts
    qtbot.waitUntil(
        lambda: all(download.state == "finished" for download in downloads.all), timeout=PATIENCE
    )


def test_the_licence_of_the_model_before_does_not_stay_with_one_that_is_not_there(
    browser: ModelBrowser, qtbot: QtBot
) -> None:
    paste(browser, qtbot, REPO)
    card = browser.hub_card
    qtbot.waitUntil(lambda: card.licence.isVisible(), timeout=PATIENCE)
    paste(browser, qtbot, "nobody/nothing")
    assert card.licence.isHidden()
    qtbot.waitUntil(lambda: not card.question.is_asking, timeout=PATIENCE)
    assert "no model at" in card.notice.message.text()
    assert card.licence.isHidden()


def test_a_model_can_be_picked_again_after_another_was_pasted(
    browser: ModelBrowser, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    """Its row was still the current one, so that a click on it showed nothing."""
    fake_hub.add("ada/other", {"other.gguf": b"x"}, card={"license": "mit"})
    paste(browser, qtbot, "8b")
    table, card = browser.hub.table, browser.hub_card
    qtbot.waitUntil(lambda: table.count == 1, timeout=PATIENCE)
    row = table.visualRect(table.model().index(0, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert card.title.text() == REPO
    paste(browser, qtbot, "ada/other")
    assert card.title.text() == "ada/other"
    assert not table.selectionModel().hasSelection()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert card.title.text() == REPO


def test_a_search_leaves_the_card_of_the_model_before(browser: ModelBrowser, qtbot: QtBot) -> None:
    paste(browser, qtbot, REPO)
    assert browser.cards.currentWidget() is browser.hub_card
    paste(browser, qtbot, "zzz")
    assert browser.cards.currentWidget() is browser.nothing
    qtbot.waitUntil(lambda: not browser.hub.question.is_asking, timeout=PATIENCE)
    assert "no model of that name" in browser.hub.state.text()


def test_files_that_give_themselves_one_name_are_told_apart(
    browser: ModelBrowser, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("one.gguf", "two.gguf"):
        shutil.copy(resources.demo_model(), folder / name)
    browser.local.add_folder(str(folder))
    table = browser.local.table
    qtbot.waitUntil(lambda: table.count == 3, timeout=PATIENCE)
    names = {table.model().index(row, 0).data() for row in range(3)}
    assert {"SteerLM Studio demo · one.gguf", "SteerLM Studio demo · two.gguf"} < names


def test_files_are_dropped_on_the_dialog_as_well(browser: ModelBrowser, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/models/some.gguf")])
    entering = QDragEnterEvent(QPoint(9, 9), *_dragged(data))
    browser.dragEnterEvent(entering)
    assert entering.isAccepted()
    with qtbot.waitSignal(browser.dropped) as dropped:
        browser.dropEvent(QDropEvent(QPointF(9, 9), *_dragged(data)))
    assert dropped.args == [[Path("/models/some.gguf")]]
    assert not browser.isVisible()


def _dragged(
    data: QMimeData,
) -> tuple[Qt.DropAction, QMimeData, Qt.MouseButton, Qt.KeyboardModifier]:
    nothing = Qt.KeyboardModifier.NoModifier
    return Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nothing
