"""Whether a text is English, from its script and its function words.

The everyday words of a language (articles, pronouns, prepositions) make up a third to a half of running text whatever
it is about, so counting them tells languages apart without a model. It is made for one question, "is this English?",
and it says None rather than guess on short texts, lists of names, and languages that it has no words for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_WORDS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "English": (
            "the a an and or but if of to in on at for from with by about as is are was were be been am do does "
            "did don't doesn't didn't can can't could would should will won't have has had i i'm i've you you're "
            "we we're they he she it it's that's this that these those there what when which who how why not no "
            "so just our my your their its us them me then than because more all some any out up get got really "
            "like"
        ),
        "German": (
            "der die das den dem des ein eine einen einem einer und oder aber wenn ist sind war waren wird werden "
            "wurde hat haben hatte ich du er sie es wir ihr nicht kein keine mit von zu zum zur für auf im in an "
            "am bei nach aus auch noch nur sehr dass weil wie was uns unser unsere mein mir mich sich als um so "
            "man können kann muss"
        ),
        "French": (
            "le la les un une des du de et ou mais si est sont était été être avoir a ont avait je tu il elle on "
            "nous vous ils elles ne pas plus que qui quoi dans sur pour par avec sans ce cette ces cet c'est j'ai "
            "n'est d'un d'une notre nos votre mon ma mes se sa son leur au aux en très y comme tout fait qu'il"
        ),
        "Spanish": (
            "el la los las un una unos unas de del y o pero si es son era fue ser estar está están hay he ha han "
            "yo tú él ella nosotros ellos no que quien qué en con por para sin sobre a al lo le les se su sus "
            "nuestro nuestra mi me nos muy más como cuando porque este esta eso también ya todo"
        ),
        "Portuguese": (
            "o a os as um uma de do da dos das e ou mas se é são era foi ser estar está estão há eu tu ele ela "
            "nós eles não que quem em no na nos nas com por para sem sobre ao à lhe seu sua nosso nossa meu minha "
            "me muito mais como quando porque este esta isso também já tudo você vocês pelo pela"
        ),
        "Italian": (
            "il lo la i gli le un uno una di del della dei delle e o ma se è sono era stato essere avere ho ha "
            "hanno io tu lui lei noi voi loro non che chi cosa in nel nella con per su da dal dalla al alla ci si "
            "suo sua nostro nostra mio mia mi molto più come quando perché questo questa anche già tutto"
        ),
        "Dutch": (
            "de het een en of maar als is zijn was waren wordt worden werd heeft hebben had ik jij je hij zij ze "
            "wij we jullie niet geen met van te voor op in aan bij naar uit ook nog zeer dat die dit omdat hoe "
            "wat ons onze mijn mij zich om er dan kan kunnen moet veel"
        ),
        "Swedish": (
            "en ett den det de och eller men om är var vara blir har hade jag du han hon vi ni inte ingen med av "
            "till för på i från också bara mycket att som hur vad oss vår vårt min mig sig när kan ska måste då "
            "så"
        ),
        "Polish": (
            "i w z na do nie to się jest są był była być że jak ale lub czy o od po za dla przez przed ten ta te "
            "tego ja ty on ona my wy oni mi mnie nam nas nasz nasze bardzo też już tylko gdy bo który która"
        ),
        "Turkish": (
            "ve bir bu şu o da de ile için ama veya çok daha en gibi ben sen biz siz onlar değil var yok ne nasıl "
            "neden mi mı olarak olan kadar sonra her şey bizim benim"
        ),
    }.items()
}

# First words of Unicode character names; kana, which only Japanese has, is asked for before Han.
_SCRIPTS = {
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "CJK": "Chinese",
    "CYRILLIC": "Russian or another language in Cyrillic script",
    "ARABIC": "Arabic or another language in Arabic script",
    "HEBREW": "Hebrew",
    "GREEK": "Greek",
    "DEVANAGARI": "Hindi or another language in Devanagari script",
    "THAI": "Thai",
}

_MIN_LETTERS_OF_SCRIPT = 8
_MIN_WORDS = 8
_MIN_HITS = 4  # one less for English: to set a source aside takes more
_SAMPLE = 20_000


def guess(text: str) -> str | None:
    """The language that the first 20,000 characters look like, by its English name; None where they don't tell."""
    sample = text[:_SAMPLE]
    if other := _other_script(sample):
        return other
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", sample.lower().replace("’", "'"))
    if len(words) < _MIN_WORDS:
        return None
    counts = Counter(words)
    hits = {name: sum(counts[word] for word in known & counts.keys()) for name, known in _WORDS.items()}
    best, second = sorted(hits, key=lambda name: hits[name], reverse=True)[:2]
    enough = _MIN_HITS - 1 if best == "English" else _MIN_HITS
    if hits[best] < enough or hits[best] < 0.12 * len(words) or hits[best] == hits[second]:
        return None
    # A foreign name, greeting or quote inside English must not outvote it: the others have to win clearly.
    if best != "English" and hits[best] < 1.5 * hits["English"]:
        return None
    return best


def _other_script(sample: str) -> str | None:
    letters = [character for character in sample if character.isalpha()]
    foreign = Counter(
        script
        for character in letters
        if character > "\u024f" and (script := unicodedata.name(character, "").split(" ")[0].split("-")[0]) in _SCRIPTS
    )
    total = sum(foreign.values())
    # One Han character or syllable says what three Latin letters say.
    if total < _MIN_LETTERS_OF_SCRIPT or 3 * total < len(letters) - total:
        return None
    kana = foreign["HIRAGANA"] + foreign["KATAKANA"]
    return "Japanese" if kana > 0.1 * total else _SCRIPTS[foreign.most_common(1)[0][0]]


def is_english(text: str) -> bool | None:
    """True or False where the text is long and plain enough to say, else None."""
    language = guess(text)
    return None if language is None else language == "English"
