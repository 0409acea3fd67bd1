"""A reply in another language is noticed when it is plain, and only then."""

import pytest

from steerlm_studio.steer.language_guess import other_language

TEXTS = {
    "en": "Tea is a hot drink that is made from the leaves of a plant, and you can drink it cold.",
    "de": "Tee ist ein heißes Getränk, das aus den Blättern einer Pflanze gemacht wird, und man "
    "kann es auch mit Milch trinken.",
    "fr": "Le thé est une boisson chaude qui est faite avec les feuilles d'une plante, et on peut "
    "le boire avec du lait pour le goût.",
    "es": "El té es una bebida caliente que se hace con las hojas de una planta, y se puede tomar "
    "con leche para el desayuno.",
    "it": "Il tè è una bevanda calda che si prepara con le foglie di una pianta, e non è solo per "
    "gli inglesi.",
    "nl": "Thee is een warme drank die van de bladeren van een plant wordt gemaakt, en het is niet "
    "alleen voor de Engelsen.",
    "ru": "Чай — это горячий напиток, который готовят из листьев растения, и его пьют с молоком.",
    "ja": "お茶は葉から作られる温かい飲み物で、世界中で飲まれています。とても人気があります。",
    "zh": "茶是一种用茶叶泡制的热饮料，世界各地的人都喜欢喝，而且有很多种类，味道也不同。",
    "ar": "الشاي مشروب ساخن يصنع من أوراق نبات، ويشربه الناس في كل أنحاء العالم.",
    "ko": "차는 식물의 잎으로 만드는 따뜻한 음료이며 전 세계의 많은 사람들이 매일 "
    "마시고 있습니다. 맛이 좋습니다.",
    "he": "תה הוא משקה חם העשוי מעלים של צמח, ושותים אותו בכל רחבי העולם עם חלב או בלי.",
}


@pytest.mark.parametrize("asked", TEXTS)
def test_a_reply_in_the_language_asked_for_is_left_alone(asked: str):
    assert other_language(TEXTS[asked], asked) == frozenset()


@pytest.mark.parametrize("asked", TEXTS)
@pytest.mark.parametrize("written", TEXTS)
def test_a_reply_in_another_language_is_noticed(asked: str, written: str):
    if asked != written and (asked, written) != ("ja", "zh"):
        assert written in other_language(TEXTS[written], asked)


@pytest.mark.parametrize(
    "text",
    [
        "Okay.",
        "",
        "Tea Earl Grey Darjeeling Assam Oolong Lapsang Souchong Sencha Matcha Genmaicha",
        "12345 67890 !!! ??? 12345 67890 12345 67890 12345 67890",
        "Tee ist ein Getränk. Tea is a drink that you can make. Le thé est une boisson. Il tè è.",
        "```\nfor the tea in this that you are with of to it is and the\n```\nJa, gern.",
    ],
)
def test_what_is_short_mixed_or_code_is_not_told_to_be_another_language(text: str):
    assert other_language(text, "de") == frozenset()


def test_close_neighbours_are_not_told_apart():
    danish = "Te er en varm drik, og det er ikke kun for englændere, men også til dem på landet."
    assert other_language(danish, "nb") == frozenset()


def test_a_language_that_is_not_known_here_is_never_missed():
    assert other_language(TEXTS["en"], "tlh") == frozenset()
