"""What is known of mail addresses: their structure, the usual domains, and what names look like in pinyin.

It is evidence: it ranks readings the recogniser itself holds for possible, and proposes those of a usual domain, which
are then scored under the recogniser's steps like any other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from formsvc.chinese import is_email, is_pinyin
from formsvc.extraction.scan.recognition.decode import Candidate
from formsvc.extraction.scan.recognition.matching import distance

USUAL_DOMAINS = (
    "qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "yeah.net", "188.com", "139.com",
    "189.cn", "wo.cn", "sina.com", "sina.cn", "sina.com.cn", "vip.sina.com", "sohu.com", "tom.com", "21cn.com",
    "263.net", "hotmail.com", "gmail.com", "yahoo.com", "yahoo.cn", "yahoo.com.cn", "live.com", "live.cn", "msn.com",
    "outlook.com", "aliyun.com", "eyou.com", "chinaren.com", "citiz.net",
)  # fmt: skip
_PUBLIC_SUFFIX = r"(?:com|net|org|gov|edu|ac)\.cn$|\.(?:com|net|org|cn|edu|gov)$"
_UNUSUAL_DOMAIN, _NEARLY_USUAL, _STRANGE_END = 2.0, 4.0, 6.0
_NO_ADDRESS = 12.0
_TWINS, _TWIN = {"1": "l", "l": "1"}, 0.5
"""Signs that many faces print alike, and how much stranger an address with the other one may be to be meant."""
_ALIKE_IN_DOMAIN = 2.5
"""What it costs that a 1 or a 0 stands behind a letter of an unusual domain: it is hardly ever meant."""
_SPELT_WITH_DIGITS, _SHORT = 6.0, 2
"""What it costs that a part of a domain would be a word, were its 1 an l and its 0 an o (mai1, examp1e), and how
long a part is that may well end in a digit."""
_NAME_WITH_1 = re.compile("(?<![a-z0-9])[a-z1]*1[a-z1]*[a-z]")
"""Letters from their first to their last, with a 1 before or among them; behind a number it may belong to that."""
_MAIL_WITH_1 = re.compile("mai1(?=[.]|$)")
_ENDS = ("com", "cn", "net", "org")
_CAPITAL, _SWITCH, _NO_PINYIN, _LOOK_ALIKE = 5.0, 0.8, 2.5, 4.0


def strangeness(text: str) -> float:
    """Return how unusual a text is as a mail address, 0 or more, in the unit of logarithms of likelihood."""
    if not is_email(text) or ".." in text:
        return _NO_ADDRESS
    local, _, domain = text.rpartition("@")
    cost = _CAPITAL * sum(sign.isupper() for sign in text)
    if domain.lower() not in USUAL_DOMAINS:
        cost += _UNUSUAL_DOMAIN + (_NEARLY_USUAL if _is_nearly_usual(domain.lower()) else 0)
        cost += 0 if ends_well(domain) else _STRANGE_END
        cost += _switches(domain.split(".")[0])
        cost += _alike(domain.lower())
    return cost + _switches(local) + _unnamed(local) + _LOOK_ALIKE * _has_look_alike(local)


def meant(text: str) -> str:
    """Return an address with every 1 that can only be an l written as one: within a name in pinyin, and in `mail`."""
    local, at, domain = text.rpartition("@")
    return _NAME_WITH_1.sub(lambda found: _as_name(found[0]), local) + at + _MAIL_WITH_1.sub("mail", domain)


def as_meant(found: Iterable[Candidate]) -> list[Candidate]:
    """Return readings as they are meant, each as likely as the likeliest of its spellings."""
    scores: dict[str, float] = {}
    for one in found:
        text = meant(one.text)
        scores[text] = max(one.score, scores.get(text, one.score))
    return [Candidate(text, score) for text, score in scores.items()]


def is_settled(text: str, place: int) -> bool:
    """Whether an address means the same whether a sign of it is a 1 or an l."""
    twin = _TWINS.get(text[place])
    return twin is not None and meant(f"{text[:place]}{twin}{text[place + 1 :]}") == meant(text)


def _as_name(letters: str) -> str:
    name = letters.replace("1", "l")
    return name if is_pinyin(name) else letters


def ends_well(text: str) -> bool:
    """Whether a domain, or an address, ends as domains here do."""
    return re.search(_PUBLIC_SUFFIX, text.lower()) is not None


def may_be_letter(text: str) -> bool:
    """Whether a number in an address begins with a 1 behind a letter, or ends in one before it: it may be an l."""
    return re.search("[a-z]_?1[0-9]|[0-9]1[a-z]|l[0-9]|[0-9]l", text.lower().rpartition("@")[0]) is not None


def has_twin(text: str) -> bool:
    """Whether an address stays about as usual when one of its l is taken for a 1, or a 1 for an l."""
    local, at, domain = text.rpartition("@")
    usual = strangeness(text) + _TWIN
    swapped = (
        f"{local[:place]}{_TWINS[sign]}{local[place + 1 :]}{at}{domain}"
        for place, sign in enumerate(local)
        if sign in _TWINS and _may_be_twin(sign, local[place - 1 : place], local[place + 1 : place + 2])
    )
    return any(strangeness(other) <= usual for other in swapped)


def _may_be_twin(sign: str, left: str, right: str) -> bool:
    """Whether a sign stands beside one of the other sort, or alone: no letter inside a number."""
    beside = [one for one in (left, right) if one.isalnum()]
    return not beside or any(one.isdigit() != sign.isdigit() for one in beside)


def local_part(text: str) -> str | None:
    """Return what stands before the domain of an address whose domain is a usual one, or nearly; None of any other."""
    local, _, domain = text.rpartition("@")
    return local if domain.lower() in USUAL_DOMAINS or _is_nearly_usual(domain.lower()) else None


def has_usual_domain(text: str) -> bool:
    """Whether a text ends in a usual domain."""
    return text.lower().rpartition("@")[2] in USUAL_DOMAINS


def _is_nearly_usual(domain: str) -> bool:
    """Whether a domain looks like a usual one of which a sign or two were read wrongly."""
    return any(distance(domain, usual) <= len(usual) // 5 for usual in USUAL_DOMAINS)


def _switches(text: str) -> float:
    """Count how often letters and digits alternate: addresses put their digits together at the end."""
    kinds = "".join("d" if sign.isdigit() else "a" if sign.isalpha() else "-" for sign in text)
    times = sum(pair in ("da", "ad") for pair in map("".join, itertools.pairwise(kinds)))
    return _SWITCH * max(0, times - 1)


def _unnamed(local: str) -> float:
    """Return what it costs that the letters are no syllables of pinyin; nothing for numbers and initials."""
    runs = re.findall("[a-z]{2,}", local)
    return 0.0 if all(is_pinyin(run) for run in runs) else _NO_PINYIN


def _has_look_alike(local: str) -> bool:
    """Whether a digit stands where the letter that looks like it would make pinyin of what is none."""
    for part in re.split("[._-]", local):
        letters = re.sub("[0-9]+$", "", part)
        meant = letters.replace("1", "l").replace("0", "o")
        if meant != letters and is_pinyin(meant):
            return True
    return False


def _alike(domain: str) -> float:
    """Return what it costs that digits stand in a domain where letters that look like them may be meant."""
    if any(re.fullmatch("[a-z]+[10][a-z10]*", part) and len(part) > _SHORT for part in domain.split(".")):
        return _SPELT_WITH_DIGITS
    return _ALIKE_IN_DOMAIN * bool(re.search("[a-z][10]", domain))


def with_usual_domains(text: str) -> Iterator[str]:
    """Yield a text with its end made each usual domain or end it is near to, `@` and dots mended with it."""
    lowered = text.lower()
    head, dot, last = lowered.rpartition(".")
    if dot and not ends_well(lowered):
        yield from (f"{text[: len(head)]}.{end}" for end in _ENDS if distance(last, end) == 1)
    at = lowered.rfind("@")
    for domain in USUAL_DOMAINS:
        if at > 0:
            end = lowered[at + 1 :]
            if end != domain and distance(end, domain) <= max(1, len(domain) // 3):
                yield f"{text[:at]}@{domain}"
            continue
        for length in (len(domain) - 1, len(domain), len(domain) + 1):
            end = lowered[-length:]
            if 0 < length < len(text) and distance(end, domain) <= 1:
                yield f"{text[:-length]}@{domain}"
                yield f"{text[: -length - 1]}@{domain}"
