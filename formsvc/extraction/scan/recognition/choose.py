"""One value out of what the recogniser holds for possible, with how sure that is.

Readings are searched among the signs a field can hold; what a field's kind knows (a month has twelve values, an address
has a domain, nobody joined before the Party was founded) ranks the readings the recogniser itself finds likely, and
never makes up one it does not. The free reading is kept as the raw text.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from formsvc.chinese import clean_email, fold, fold_name, is_phone
from formsvc.chinese.dates import HAN_DIGITS
from formsvc.extraction.scan.recognition import emails, names
from formsvc.extraction.scan.recognition.alphabets import allowed
from formsvc.extraction.scan.recognition.confidence import AGAINST, family_of, weighed, with_doubt
from formsvc.extraction.scan.recognition.decode import (
    NEVER,
    Candidate,
    Line,
    best_path,
    candidates,
    likelihood,
    likelihoods_of,
)
from formsvc.extraction.scan.recognition.lexicon import Lexicon, differs_little
from formsvc.extraction.scan.recognition.lines import Row, joined_steps
from formsvc.extraction.scan.recognition.models import Models, Probabilities
from formsvc.extraction.scan.recognition.points import with_points
from formsvc.extraction.scan.recognition.prior import unusual
from formsvc.extraction.scan.recognition.spacing import holes
from formsvc.extraction.scan.recognition.witness import Witness, weighed_with
from formsvc.extraction.scan.recognition.wording import familiarity, mended
from formsvc.forms.reading import Value
from formsvc.forms.spec import Field, Kind
from formsvc.forms.values import Normal, normalise

_UNREADABLE, _IMPLAUSIBLE = 9.0, 4.0
"""What it costs a reading, in logarithms of likelihood, that it has no normal form, or an unlikely one."""
_PARTY_FOUNDED = "1921-07"
_AGES = range(16, 111)
_MARGIN = 20.0
"""The margin of a reading that has no rival."""
_UNHEARD = 3.0
"""How much less likely than another the second recogniser may hold a reading, in logarithms; more counts no more."""
_SURE_SIGN, _CLEAR_MARGIN = 0.975, 7.0
"""The confidence of its least sure sign and the margin from which on a reading needs no second one."""
_WORDED = (Kind.TEXT, Kind.ORGANISATION)
_OF_FIGURES = (Kind.DATE, Kind.MONTH, Kind.PHONE)
_FIGURES = frozenset(HAN_DIGITS + "〇○零十廿卅元")
_ALTERNATIVES = 3
_ROSTER, _ROSTER_ALONE = 8.0, 16.0
"""How much less likely than the free reading a known name may be and still be chosen; and one no other is near to."""
_CLEAR = 3.0
"""How much likelier than the next known name it must be."""
_FAR = 12.0
"""The same for one that differs from the free reading in several signs."""

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Choice:
    """The reading of one field."""

    raw: str
    """The free reading, as read."""
    text: str
    """The reading chosen."""
    normal: Normal
    score: float
    """0 to 1, growing with how sure it is; see `confidence`."""
    scores: Scores
    alternatives: tuple[str, ...] = ()


def choose(
    models: Models,
    field: Field,
    rows: Sequence[Row],
    *,
    lexicon: Lexicon,
    within: range | None = None,
    again: Callable[[], Sequence[Row]] | None = None,
) -> Choice:
    """Return what rows of writing say of a field; `within` are the years around that of the form.

    `again` reads the same rows in another way; it is asked when the first reading is not clear by itself.
    """
    raw = _joined(field, [row.line.text for row in rows])
    first = _Sight.of(models, field, rows)
    sights = [first]
    witness = Witness.of(models, field.kind, [row.strip for row in rows])
    found = _together(models, sights, witness)
    ranked = _ranked(field, found, within)
    if again is not None and not (ranked and _is_clear(field, first, ranked)):
        sights.append(_Sight.of(models, field, again()))
        found = _together(models, sights, witness)
        ranked = _ranked(field, found, within)
    if not ranked:
        return Choice(raw, raw, normalise(field, raw, within=within), 0.0, MappingProxyType({"mean": 0.0}))
    best = ranked[0]
    rival = _rival(ranked)
    scores = {
        "mean": min(first.narrow.mean, 1.0),
        "lowest": max(_lowest(field, best.text, sight.narrow, sight.free) for sight in sights),
        "margin": min(best.total - rival.total, _MARGIN) if rival is not None else _MARGIN,
        "agrees": float(_same(field, best.text, first.free.text)),
        "behind": max(one.score for one in ranked) - best.score,
        "plausible": float(best.text in lexicon.of(field.kind) or _is_likely(field, best, first.free.text)),
        "rows": float(len(rows)),
        "holes": float(sum(holes(row, blanks=field.kind is Kind.ORGANISATION) for row in rows)),
        "unheard": 0.0 if witness is None else min(witness.against(_spellings(field, best.text, found)).values()),
    }
    if len(sights) > 1:
        own = _ranked(field, sights[1].found, within)
        scores["second"] = float(bool(own) and _bare(own[0].normal.value) == _bare(best.normal.value))
    choice = Choice(raw, best.text, best.normal, 0.0, scores, _others(ranked, best, raw))
    choice = _with_lexicon(models, field, [sight.steps for sight in sights], choice, lexicon, within)
    return _scored(field, choice)


@dataclass(frozen=True, slots=True)
class _Sight:
    """One way of reading the rows of a field."""

    steps: Probabilities
    free: Line
    narrow: Line
    """Of the signs the field can hold."""
    found: list[Candidate]

    @classmethod
    def of(cls, models: Models, field: Field, rows: Sequence[Row]) -> _Sight:
        steps = joined_steps(rows)
        columns = allowed(models, field)
        free = best_path(models, steps)
        narrow = free if columns is None else best_path(models, steps, columns)
        return cls(steps, free, narrow, _searched(models, field, steps, columns, [narrow.text, free.text]))


def _together(models: Models, sights: Sequence[_Sight], witness: Witness | None) -> list[Candidate]:
    """Return every reading of several sights, as likely as they hold it on the average, and the witness with them."""
    found = list(sights[0].found)
    texts = dict.fromkeys(one.text for sight in sights for one in sight.found)
    if witness is not None:
        texts |= dict.fromkeys(one.text for one in witness.found)
    if len(texts) > len(found) or len(sights) > 1:
        told = [likelihoods_of(models, sight.steps, texts) for sight in sights]
        found = [Candidate(text, sum(one[text] for one in told) / len(told)) for text in texts if text]
    return found if witness is None else weighed_with(witness, found)


def _is_clear(field: Field, sight: _Sight, ranked: Sequence[_Ranked]) -> bool:
    """Whether a reading needs no second one."""
    best, rival = ranked[0], _rival(ranked)
    margin = best.total - rival.total if rival is not None else _MARGIN
    is_sure = _lowest(field, best.text, sight.narrow, sight.free) >= _SURE_SIGN and margin >= _CLEAR_MARGIN
    return is_sure and _same(field, best.text, sight.free.text) and best.cost < _IMPLAUSIBLE


def _rival(ranked: Sequence[_Ranked]) -> _Ranked | None:
    """Return the likeliest reading of another value; a blank more or less is none."""
    return next((one for one in ranked[1:] if _bare(one.normal.value) != _bare(ranked[0].normal.value)), None)


def _bare(value: Value) -> Value:
    return "".join(value.split()) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class _Ranked:
    text: str
    score: float
    cost: float
    normal: Normal

    @property
    def total(self) -> float:
        return self.score - self.cost


def _spellings(field: Field, text: str, found: Iterable[Candidate]) -> list[str]:
    """Return a reading and those that mean the same."""
    return [text, *(one.text for one in found if field.kind is Kind.EMAIL and emails.meant(one.text) == text)]


def _joined(field: Field, texts: Sequence[str]) -> str:
    """Return the rows of one value as one text: print breaks a value anywhere, telephones at their ends."""
    if field.kind is Kind.PHONE and all(map(is_phone, texts)):
        return "\n".join(texts)
    joined = ""
    for text in texts:
        gap = (
            " " if joined[-1:].isascii() and joined[-1:].isalpha() and text[:1].isascii() and text[:1].isalpha() else ""
        )
        joined += (gap if field.kind is not Kind.EMAIL else "") + text
    return joined


def _searched(
    models: Models, field: Field, steps: Probabilities, columns: Sequence[int] | None, texts: Iterable[str]
) -> list[Candidate]:
    """Return readings with their likelihoods: those searched for, the plain ones, and those the kind proposes."""
    every = range(1, len(models.signs)) if columns is None else columns
    found = {one.text: one for one in candidates(models, steps, every)}
    signs = None if columns is None else {models.signs[column] for column in columns}
    proposed = [text for text in texts if text and (signs is None or signs.issuperset(text))]
    if field.kind is Kind.EMAIL:
        seeds = [clean_email(text) for text in (*list(found)[:3], *proposed)]
        proposed += [text for seed in dict.fromkeys(seeds) for text in (seed, *emails.with_usual_domains(seed))]
    if field.kind is Kind.CHOICE:
        proposed += field.options
    if field.kind in _WORDED:
        proposed += [one for text in proposed for one in sorted(mended(text))]
    if field.kind is Kind.NAME and not any(map(names.begins_well, found)):
        proposed += [one for text in proposed for one in names.with_surnames(text, models.columns)]
    told = likelihoods_of(models, steps, (text for text in proposed if text not in found))
    found |= {text: Candidate(text, score) for text, score in told.items() if score > NEVER / 2}
    return list(found.values())


def _ranked(field: Field, found: Iterable[Candidate], within: range | None) -> list[_Ranked]:
    ranked = []
    meant = {Kind.EMAIL: emails.as_meant, Kind.DATE: with_points}.get(field.kind, list)(found)
    for one in meant:
        normal = normalise(field, one.text, within=within if field.kind is Kind.DATE else None)
        cost = _cost(field, one.text, normal, within)
        ranked.append(_Ranked(one.text, one.score, cost, normal))
    return sorted(ranked, key=lambda one: -one.total)


def _cost(field: Field, text: str, normal: Normal, within: range | None) -> float:
    """Return how unlikely a reading is by itself, in logarithms of likelihood."""
    if field.kind is Kind.EMAIL:
        return emails.strangeness(clean_email(text))
    if not normal.is_readable:
        return _UNREADABLE
    if field.kind in _WORDED:
        return unusual(text) - familiarity(text)
    if field.kind is Kind.NAME:
        return names.strangeness(text)
    return 0.0 if is_plausible(field, normal.value, within) else _IMPLAUSIBLE


def is_plausible(field: Field, value: Value, within: range | None) -> bool:
    """Whether a value is one such a field has in practice; `within` are the years around that of the form."""
    match field.kind:
        case Kind.INTEGER:
            return value is None or value in _AGES
        case Kind.MONTH:
            last = f"{within.stop - 1}-12" if within is not None else "2099-12"
            return value is None or _PARTY_FOUNDED <= str(value) <= last
        case Kind.DATE:
            return value is None or (str(value).count("-") == 2 and (within is None or int(str(value)[:4]) in within))
        case Kind.PHONE:
            return value is None or is_phone(str(value))
        case _:
            return True


def _is_likely(field: Field, ranked: _Ranked, free: str) -> bool:
    """Whether nothing is odd about a reading by itself, nor about how it came to be chosen over the free one."""
    match field.kind:
        case Kind.EMAIL:
            return ranked.cost < _UNREADABLE and emails.ends_well(clean_email(ranked.text))
        case Kind.NAME:
            return ranked.cost < _IMPLAUSIBLE and names.begins_well(free)
        case _:
            return ranked.cost < _IMPLAUSIBLE and not (field.kind in _WORDED and ranked.text in mended(free))


def _lowest(field: Field, text: str, narrow: Line, free: Line) -> float:
    """Return the confidence of the sign it is least sure of that its value depends on, of the reading that says it."""
    same = [_least(field, line, text) for line in (narrow, free) if _says(field, line.text, text)]
    return max(same) if same else min(narrow.lowest, free.lowest) * 0.5


def _least(field: Field, line: Line, chosen: str) -> float:
    told = list(zip(line.text, line.confidences, strict=True))
    if field.kind is Kind.EMAIL:
        end = line.text.rfind("@") if emails.has_usual_domain(chosen) else len(told)
        told = [one for place, one in enumerate(told[:end]) if not emails.is_settled(line.text, place)]
    return min((sure for sign, sure in told if _telling(field, sign)), default=line.lowest)


def _says(field: Field, read: str, chosen: str) -> bool:
    """Whether a reading says what was chosen, but for signs that its value does not depend on.

    The signs of a usual mail domain need not all be read: no other domain is near to it.
    """
    if field.kind is Kind.EMAIL:
        read, chosen = emails.meant(read), emails.meant(chosen)
    if field.kind is Kind.EMAIL and emails.has_usual_domain(chosen):
        local = emails.local_part("".join(read.split()))
        return local is not None and local == emails.local_part("".join(chosen.split()))
    return _telling(field, read) == _telling(field, chosen)


def _telling(field: Field, text: str) -> str:
    """Return the signs of a reading that its value depends on: of a date or number its figures, of all no blanks."""
    if field.kind in _OF_FIGURES:
        return "".join(sign for sign in fold(text) if sign.isdecimal() or sign in _FIGURES)
    return "".join(text.split())


def _same(field: Field, chosen: str, free: str) -> bool:
    if field.kind is Kind.EMAIL:
        return clean_email(chosen) == clean_email(emails.meant(free)) or _says(field, free, chosen)
    if field.kind in _OF_FIGURES:
        return _says(field, free, chosen)
    return fold_name(fold(chosen)) == fold_name(fold(free))


def _others(ranked: Sequence[_Ranked], best: _Ranked, raw: str) -> tuple[str, ...]:
    near = [one.text for one in ranked if best.total - one.total < _MARGIN and one.normal.is_readable]
    same = {one.text for one in ranked if one.normal.value == best.normal.value}
    others = dict.fromkeys(text for text in (*near, raw) if text and text not in same)
    return tuple(others)[:_ALTERNATIVES]


def _with_lexicon(
    models: Models,
    field: Field,
    sights: Sequence[Probabilities],
    choice: Choice,
    lexicon: Lexicon,
    within: range | None,
) -> Choice:
    """Return the choice with what the known names say about it."""
    known = lexicon.of(field.kind)
    read = fold_name(choice.text)
    steps = sights[0]
    fit = known.fit(models, steps, read) if known and read else None
    if fit is None:
        return choice
    behind = max(likelihood(models, steps, read), likelihood(models, steps, choice.text)) - fit.score
    scores = {**choice.scores, "known": float(fit.best == read), "known_gap": fit.gap, "known_behind": behind}
    text, others = choice.text, choice.alternatives
    if fit.best == read:
        if fit.gap < _MARGIN and fit.second:
            others = (fit.second, *others)
    elif behind < (_ROSTER_ALONE if fit.gap > _FAR else _ROSTER) and fit.gap > (
        _CLEAR if differs_little(read, fit.best) else _FAR
    ):
        text, others = fit.best, (choice.text, *others)
        scores["chosen"] = 1.0
    elif differs_little(read, fit.best):
        others = (fit.best, *others)
        scores["doubted"] = 1.0
    alternatives = tuple(dict.fromkeys(one for one in others if one != text))[:_ALTERNATIVES]
    return Choice(choice.raw, text, normalise(field, text, within=within), 0.0, scores, alternatives)


def lessened_by(choice: Choice, field: Field, value: float, doubt: str) -> Choice:
    """Return a choice with one more doubt, such as that of a seal without colour that lies over it."""
    scores = with_doubt(field.kind, {**choice.scores, "score": choice.score}, doubt, value)
    return dataclasses.replace(choice, score=scores["score"], scores=scores)


def _scored(field: Field, choice: Choice) -> Choice:
    """Return the choice with one score made of all that speaks for and against it."""
    of = choice.scores
    doubts = {
        "sign": -math.log(min(max(of["lowest"], 1e-4), 1.0)),
        "rival": math.log1p(math.exp(-max(of["margin"], 0.0))),
        "near": max(0.0, 1 - max(of["margin"], 0.0) / _CLEAR_MARGIN),
        "differs": 1 - of["agrees"],
        "strange": 1 - of["plausible"],
        "behind": max(of["behind"], 0.0),
        "holes": min(of["holes"], 1.0),
        "second": float(of.get("second") == 0),
        "unheard": min(of["unheard"], _UNHEARD),
        "twin": float(field.kind is Kind.EMAIL and emails.has_twin(clean_email(choice.text))),
        "letter": float(field.kind is Kind.EMAIL and emails.may_be_letter(clean_email(choice.text))),
    }
    score = weighed(family_of(field.kind, of), doubts) if choice.normal.is_readable else 0.0
    if "chosen" in of:
        score = 0.97 * _sigmoid(0.7 * (_ROSTER - 1 - of["known_behind"])) * _sigmoid(of["known_gap"] - _CLEAR)
    elif of.get("known"):
        rival = _sigmoid(of["known_gap"] - 2.0)
        score = (1 - (1 - score) * 0.3) * rival
    elif "doubted" in of:
        score *= 0.7
    evidence = MappingProxyType({**of, **{f"{AGAINST}{doubt}": value for doubt, value in doubts.items()}})
    return Choice(choice.raw, choice.text, choice.normal, min(score, 1.0), evidence, choice.alternatives)


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-min(max(value, -30.0), 30.0)))
