"""The languages of Amazon Translate, the regions of parallel data, and letters to write pseudo-translations with."""

from __future__ import annotations

import zlib

__all__ = ["FORMALITY", "LANGUAGES", "PARALLEL_DATA_REGIONS", "letters"]

LANGUAGES = frozenset(
    "af sq am ar hy az bn bs bg ca zh zh-TW hr cs da fa-AF nl en et fa tl fi fr fr-CA ka de el gu ht ha he hi hu is "
    "id ga it ja kn kk ko lv lt mk ms ml mt mr mn no ps pl pt pt-PT pa ro ru sr si sk sl so es es-MX sw sv ta te th "
    "tr uk ur uz vi cy".split()
)
FORMALITY = frozenset("nl fr fr-CA de hi it ja ko pt-PT es es-MX".split())
PARALLEL_DATA_REGIONS = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
"""Where Active Custom Translation works."""

_LATIN = str.maketrans(
    "abcdeghijklnorstuwyzABCDEGHIJKLNORSTUWYZ",
    "áƀćďéǧĥíĵķľñóŕšťůŵýžÁƁĆĎÉǦĤÍĴĶĽÑÓŔŠŤŮŴÝŽ",
)
_WORDS = {
    "ja": "のはをにがとでもらりるれろ文字書本読学数式図表例定理法関値集合点線",
    "zh": "文字书本读学数式图表例定理法关值集合点线章节页号本语言地方时间工作方法问题系统",
    "zh-TW": "文字書本讀學數式圖表例定理法關值集合點線章節頁號語言地方時間工作方法問題系統",
    "ko": "가나다라마바사아자차카타파하고노도로모보소오조초코토포호",
}
"""Languages where a word becomes two characters."""
_ALPHABETS = {
    "am": "ሀለሐመሠረሰሸቀበተቸነአከወዘየደገጠፀፈ",
    "ar fa fa-AF ps ur": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "hy": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռս",
    "bn": "অআইউএওকখগঘচছজটঠডতথদধনপফবভমযরলশসহ",
    "bg kk mk mn ru sr uk": "абвгдежзиклмнопрстуфхцчшюя",
    "hi mr": "अआइउएओकखगघचछजटठडतथदधनपफबभमयरलवशसह",
    "ka": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "el": "αβγδεζηθικλμνξοπρστυφχψω",
    "gu": "અઆઇઉએઓકખગઘચછજટઠડતથદધનપફબભમયરલવશસહ",
    "he": "אבגדהוזחטיכלמנסעפצקרשת",
    "kn": "ಅಆಇಉಎಒಕಖಗಘಚಛಜಟಠಡತಥದಧನಪಫಬಭಮಯರಲವಶಸಹ",
    "ml": "അആഇഉഎഒകഖഗഘചഛജടഠഡതഥദധനപഫബഭമയരലവശസഹ",
    "pa": "ਅਆਇਉਏਓਕਖਗਘਚਛਜਟਠਡਤਥਦਧਨਪਫਬਭਮਯਰਲਵਸਹ",
    "si": "අආඉඋඑඔකගචජටඩතදනපබමයරලවසහ",
    "ta": "அஆஇஉஎஒகஙசஞடணதநனபமயரலவழளறஷஸஹ",
    "te": "అఆఇఉఎఒకఖగఘచఛజటఠడతథదధనపఫబభమయరలవశసహ",
    "th": "กขคงจฉชซญดตถทธนบปผพฟมยรลวสหอ",
}
_ALPHABET = {code: alphabet for codes, alphabet in _ALPHABETS.items() for code in codes.split()}


def letters(word: str, target: str) -> str:
    """A word in the script of a language; the same word always becomes the same letters."""
    if characters := _WORDS.get(target):
        number = zlib.crc32(word.lower().encode("utf-8", "surrogatepass"))
        return characters[number % len(characters)] + characters[number // 101 % len(characters)]
    if alphabet := _ALPHABET.get(target):
        return "".join(alphabet[ord(letter) % len(alphabet)] if letter.isalpha() else letter for letter in word.lower())
    return word.translate(_LATIN)
