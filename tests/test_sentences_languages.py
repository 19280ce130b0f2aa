"""Characteristic sentences of each language that the aligner is for: an abbreviation, a quotation, its own marks, a decimal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sphinx_amts.cli import main
from sphinx_amts.document.sentences import split

SENTENCES = {
    "en": ["Dr. Smith paid 3.14 dollars.", "“Is that so?” he asked.", "See Fig. 2, e.g. the top.", "Why not?", "Well!"],
    "de": [
        "Dr. Müller zahlt 3,14 Euro.",
        "„Ist das so?“, fragte er.",
        "Das gilt z. B. für Abb. 2 oben.",
        "Warum nicht?",
        "Am 3. Mai kam sie.",
    ],
    "fr": [
        "M. Dupont paie 3,14 euros.",
        "« Est-ce vrai ? » demanda-t-il.",
        "Voir p. ex. la fig. 2.",
        "Pourquoi pas ?",
        "Bien sûr !",
    ],
    "es": [
        "El Sr. Pérez pagó 3,14 euros.",
        "—¿Es cierto? —preguntó.",
        "Véase p. ej. la fig. 2.",
        "¿Por qué no?",
        "¡Claro que sí!",
    ],
    "pt_BR": [
        "O Sr. Silva pagou 3,14 reais.",
        "“É verdade?”, perguntou ele.",
        "Veja p. ex. a fig. 2.",
        "Por que não?",
        "Claro que sim!",
    ],
    "tr": [
        "Dr. Yılmaz 3,14 lira ödedi.",
        "“Bu doğru mu?” diye sordu.",
        "Örneğin bkz. Şekil 2.",
        "Neden olmasın?",
        "İyi!",
    ],
    "vi": [
        "TS. Nguyễn trả 3,14 đồng.",
        "“Có thật không?” anh hỏi.",
        "Ví dụ, xem Hình 2.",
        "Tại sao không?",
        "Được!",
    ],
    "fa": [
        "دکتر احمدی ۳٫۱۴ دلار پرداخت.",
        "او پرسید: «آیا درست است؟»",
        "برای نمونه شکل ۲ را ببینید.",
        "چرا نه؟",
        "خوب است!",
    ],
    "ko": [
        "김 박사는 3.14달러를 냈다.",
        "“정말인가요?”라고 그가 물었다.",
        "예를 들어 그림 2를 보라.",
        "왜 안 되나요?",
        "좋습니다!",
    ],
    "ja": [
        "田中博士は3.14ドルを払った。",
        "「本当ですか？」と彼は尋ねた。",
        "たとえば図2（p. 3）を見よ。",
        "なぜだめなのか？",
        "よし！",
    ],
    "zh": [
        "王博士付了3.14美元。",
        "“真的吗？”他问道。",
        "例如，见图2（第3页。）。",
        "为什么不呢？",
        "好！",
    ],
}  # fmt: skip


@pytest.mark.parametrize("code", SENTENCES)
def test_a_language_is_cut_where_its_sentences_end(code: str) -> None:
    blank = "" if code in ("ja", "zh") else " "
    wanted = SENTENCES[code]
    assert [part.strip() for part in split(blank.join(wanted), code)] == wanted


PAIRS = {
    "en": ("Trees", "There are 10 trees.", "Only `oak` is old!", "Does $x$ grow?", "See 3.14 of them."),
    "de": ("Bäume", "Es gibt 10 Bäume.", "Nur `oak` ist alt!", "Wächst $x$?", "Sieh 3,14 davon."),
    "es": ("Árboles", "Hay 10 árboles.", "¡Solo `oak` es viejo!", "¿Crece $x$?", "Vea 3,14 de ellos."),
    "fa": ("درختان", "۱۰ درخت وجود دارد.", "فقط `oak` پیر است!", "آیا $x$ رشد می‌کند؟", "۳٫۱۴ از آنها را ببینید."),
    "fr": ("Arbres", "Il y a 10 arbres.", "Seul `oak` est vieux !", "Est-ce que $x$ pousse ?", "Voyez-en 3,14."),
    "ja": ("木", "木は10本ある。", "`oak`だけが古い！", "$x$は育つか？", "そのうち3.14本を見よ。"),
    "ko": ("나무", "나무는 10그루 있다.", "`oak`만 오래되었다!", "$x$는 자라는가?", "그중 3.14그루를 보라."),
    "pt_BR": ("Árvores", "Há 10 árvores.", "Só `oak` é velha!", "Será que $x$ cresce?", "Veja 3,14 delas."),
    "tr": ("Ağaçlar", "10 ağaç var.", "Sadece `oak` yaşlıdır!", "Peki $x$ büyür mü?", "Bunlardan 3,14 tanesine bak."),
    "vi": ("Cây", "Có 10 cái cây.", "Chỉ `oak` là già!", "Liệu $x$ có lớn không?", "Hãy xem 3,14 trong số đó."),
    "zh": ("树", "有10棵树。", "只有`oak`是老的！", "$x$会长吗？", "看其中的3.14棵。"),
}


def page(code: str) -> str:
    title, one, two, three, four = PAIRS[code]
    blank = "" if code in ("ja", "zh") else " "
    return f"# {title}\n\n{one}{blank}{two}\n\n{three}{blank}{four}\n"


@pytest.mark.parametrize("code", [code for code in PAIRS if code != "en"])
def test_a_page_is_aligned_with_english_in_both_directions(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for each in ("en", code):
        Path(f"{each}.md").write_text(page(each), encoding="utf-8")
    for source, target in (("en", code), (code, "en")):
        names = [f"{source}.md", f"{target}.md", "-s", source, "-t", target]
        assert main(["align", *names, "-o", "pairs.jsonl", "--jobs", "1"]) == 0
        rows = [json.loads(line) for line in Path("pairs.jsonl").read_text(encoding="utf-8").splitlines()]
        assert [(row["source"], row["target"]) for row in rows] == list(zip(PAIRS[source], PAIRS[target], strict=True))
