"""Forty texts on which a new vocabulary must agree with SentencePiece."""

_SYSTEM = (
    "<extra_id_0>System\nA chat between a curious user and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the user's questions.\n\n"
)
_CONTROL = (
    "quality:4,understanding:4,correctness:4,coherence:4,complexity:4,verbosity:4,toxicity:0,"
    "humor:0,creativity:0,violence:0,helpfulness:4,not_appropriate:0,hate_speech:0,"
    "sexual_content:0,fails_task:0,political_content:0,moral_judgement:0,lang:en"
)
PROMPT = (
    f"{_SYSTEM}<extra_id_1>User\nWhich tree grows fastest?\n"
    f"<extra_id_1>Assistant\n<extra_id_2>{_CONTROL}\n"
)
STRINGS = (
    PROMPT,
    f"{_SYSTEM}<extra_id_1>User\nHi\n<extra_id_1>Assistant\nHello.\n<extra_id_1>User\nWhy?\n",
    "<extra_id_0>System\n\n<extra_id_1>User\n\n\n<extra_id_1>Assistant\n",
    "<extra_id_1>User\n  two spaces first\n<extra_id_1>",
    "<extra_id_1><extra_id_1><extra_id_2>",
    "<extra_id_1> a space after it",
    "before <extra_id_2>after",
    "<extra_id_1",
    "extra_id_1> <extra_id_> <extra_id_x> < extra_id_1 >",
    _CONTROL,
    "quality:4,toxicity:0,humor:3,creativity:2,helpfulness:4,correctness:4,lang:de",
    "",
    " ",
    "   ",
    " leading",
    "trailing ",
    "a  b   c    d",
    "\n",
    "\n\n\n",
    "a\nb\r\nc\td\t\te",
    "    def f(x):\n        return [y ** 2 for y in x if y % 2 == 0]  # squares\n",
    '{"name": "Ada", "born": 1815, "notes": [null, true, -1.5e-3]}',
    '<p class="x">5 &lt; 6</p> <!-- note -->',
    "<s> </s> <unk> <pad> <0x0A> [INST] <|im_start|>",
    "0 1 12 123 1234 12345 3.14159 1,000,000 0x1F 1e-9",
    "The quick brown fox jumps over the lazy dog.",
    "Größe, Übermut und Äpfel: die Straße führt über den Fluß.",
    "L'été où j'ai goûté la crème brûlée, c'était déjà Noël.",
    "¿Dónde está el niño? ¡Mañana!",
    "Быстрая лисица прыгает через ленивую собаку.",
    "敏捷的棕色狐狸跳过了懒狗。",
    "素早い茶色の狐がのろまな犬を飛び越える。カタカナも。",
    "다람쥐 헌 쳇바퀴에 타고파",
    "الثعلب البني السريع يقفز فوق الكلب الكسول",
    "השועל החום המהיר קופץ מעל הכלב העצלן",
    "नमस्ते दुनिया",
    "👩‍👩‍👧‍👦 🏳️‍🌈 ☃ 𝄞 🙂",
    "e\u0301 n\u0303 \u200b zero\u200dwidth \ufeff no\u00a0break \u2028 line",
    "▁ is how SentencePiece writes a space",
    "x" * 300 + " " + "ab" * 100,
)
