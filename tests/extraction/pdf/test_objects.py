"""Objects of a PDF as plain values."""

from __future__ import annotations

import zlib

import pytest
from pypdf.errors import LimitReachedError, PdfReadError
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    EncodedStreamObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from formsvc.extraction.pdf import objects as pdf_objects
from formsvc.extraction.pdf.errors import Budget, DamagedPdfError, TooComplexError
from formsvc.extraction.pdf.objects import pypdf_speaks


class Store:
    """Holds objects that references point to."""

    def __init__(self) -> None:
        self.objects: dict[int, PdfObject] = {}

    def get_object(self, reference: IndirectObject) -> PdfObject:
        return self.objects[reference.idnum]

    def put(self, number: int, value: PdfObject) -> IndirectObject:
        self.objects[number] = value
        return IndirectObject(number, 0, self)


WRONG: list[object] = [None, NullObject(), NameObject("/x"), ArrayObject(), BooleanObject(True), TextStringObject("x")]


@pytest.mark.parametrize("value", WRONG)
def test_an_object_of_another_kind_is_not_there(value: object) -> None:
    assert pdf_objects.number(value) is None
    assert pdf_objects.integer(value, 7) == 7
    assert pdf_objects.as_dict(value) == {}
    assert pdf_objects.numbers(value, 2) is None


def test_references_are_followed() -> None:
    store = Store()
    inner = store.put(1, NumberObject(5))
    assert pdf_objects.number(store.put(2, inner)) == 5
    assert pdf_objects.resolve(store.put(3, NullObject())) is None


def test_references_in_a_circle_are_damage() -> None:
    store = Store()
    store.put(1, IndirectObject(1, 0, store))
    with pytest.raises(DamagedPdfError):
        pdf_objects.resolve(IndirectObject(1, 0, store))


def test_a_missing_object_is_damage() -> None:
    with pytest.raises(DamagedPdfError):
        pdf_objects.resolve(IndirectObject(9, 0, Store()))


def test_an_array_of_numbers_has_the_length_asked_for() -> None:
    assert pdf_objects.numbers(ArrayObject([NumberObject(1), FloatObject("2.5")]), 2) == (1.0, 2.5)
    assert pdf_objects.numbers(ArrayObject([NumberObject(1)]), 2) is None
    assert pdf_objects.numbers(ArrayObject([NumberObject(1), NameObject("/x")]), 2) is None


def test_strings_come_as_their_bytes() -> None:
    assert pdf_objects.string(ByteStringObject(b"\xd5\xc5")) == b"\xd5\xc5"
    assert pdf_objects.string(NumberObject(1)) is None


@pytest.mark.parametrize(
    "error", [PdfReadError("x"), KeyError("x"), AssertionError(), ZeroDivisionError(), zlib.error()]
)
def test_whatever_pypdf_raises_is_damage(error: Exception) -> None:
    with pytest.raises(DamagedPdfError) as caught, pypdf_speaks("pages"):
        raise error
    assert caught.value.what == "pages"


@pytest.mark.parametrize("error", [LimitReachedError("x"), RecursionError()])
def test_limits_of_pypdf_are_too_complex(error: Exception) -> None:
    with pytest.raises(TooComplexError), pypdf_speaks("pages"):
        raise error


def test_running_out_of_memory_is_not_called_damage() -> None:
    with pytest.raises(MemoryError), pypdf_speaks("pages"):
        raise MemoryError


def stream(data: bytes, name: str = "/FlateDecode") -> EncodedStreamObject:
    found = EncodedStreamObject()
    found[NameObject("/Filter")] = NameObject(name)
    found._data = data  # noqa: SLF001 - no other door
    return found


def test_a_stream_inflates_whole_or_not_at_all() -> None:
    packed = zlib.compress(b"BT ET" * 1000)
    assert pdf_objects.stream_data(stream(packed), "content") == b"BT ET" * 1000
    assert pdf_objects.stream_data(stream(packed + b"\r\n"), "content") == b"BT ET" * 1000
    for broken in (packed[:-8], b"\0" + packed, packed[:10] + b"\xff\xff" + packed[12:]):
        with pytest.raises(DamagedPdfError):
            pdf_objects.stream_data(stream(broken), "content")


def test_what_is_no_stream_has_no_data() -> None:
    with pytest.raises(DamagedPdfError):
        pdf_objects.stream_data(DictionaryObject(), "content")
    assert pdf_objects.encoded_data(DictionaryObject()) == b""


def test_other_filters_are_decoded_too() -> None:
    assert pdf_objects.stream_data(stream(b"4142>", "/ASCIIHexDecode"), "content") == b"AB"


def test_a_budget_ends_where_it_says() -> None:
    budget = Budget("fields", 3)
    budget.spend(3)
    with pytest.raises(TooComplexError, match="fields"):
        budget.spend(1)
