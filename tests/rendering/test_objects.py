"""The objects of a PDF file: streams as PDF/A wants them, small objects packed, references that hold."""

from __future__ import annotations

from io import BytesIO

import pikepdf

from formsvc.rendering.objects import Objects, stream


def a_file(count: int) -> bytes:
    """A file of one page whose catalogue names so many texts."""
    objects = Objects()
    tree = objects.reserve()
    texts = b" ".join([objects.add(b"(%d)" % number) for number in range(count)])
    content = objects.add_stream(b"", b"n")
    page = objects.add(b"<</Type/Page/MediaBox[0 0 9 9]/Resources<<>>/Contents %s/Parent %s>>" % (content, tree))
    objects.put(tree, b"<</Type/Pages/Count 1/Kids[%s]>>" % page)
    root = objects.add(b"<</Type/Catalog/Pages %s/Texts[%s]>>" % (tree, texts))
    return objects.written(root, objects.add(b"<</Title(x)>>"))


def test_the_last_byte_of_a_stream_is_not_taken_for_a_part_of_its_line_end() -> None:
    for last in (b"\r", b"\n", b"x"):
        made = stream(b"", b"data" + last)
        assert b"/Length 5>>" in made
        assert made.endswith(b"data" + last + b"\r\nendstream\n")


def test_every_object_is_found_by_its_reference_however_many_there_are() -> None:
    for count in (0, 1, 199, 1000, 70000):
        with pikepdf.open(BytesIO(a_file(count))) as opened:
            assert opened.check_pdf_syntax() == []
            assert [int(str(text)) for text in opened.Root.Texts] == list(range(count))
            assert opened.docinfo["/Title"] == "x"


def test_objects_that_are_no_streams_are_packed() -> None:
    assert len(a_file(10_000)) < 100_000
    assert a_file(5).count(b" obj\n") == 3, "the page's content, the packed objects, the cross-references"


def test_the_same_objects_give_the_same_file_and_others_another_identity() -> None:
    assert a_file(3) == a_file(3)
    assert identity(a_file(3)) != identity(a_file(4))


def identity(file: bytes) -> bytes:
    with pikepdf.open(BytesIO(file)) as opened:
        return bytes(opened.trailer["/ID"][0])
