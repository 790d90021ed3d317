from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.chinese import PrivateKind, clean_email, clean_phone, is_email, is_phone, private_data

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("０５７４－６２７０１２３４", "0574-62701234"),
        (" （0574）62701234 ", "(0574)62701234"),
        ("0574-6270\n1234", "0574-62701234"),
        ("13800000000\n0574-62701234", "13800000000 0574-62701234"),
        ("138 0000 0000", "138 0000 0000"),
        ("", ""),
    ],
)
def test_a_phone_number_stays_as_written_but_for_width_and_line_ends(written: str, clean: str) -> None:
    assert clean_phone(written) == clean


@pytest.mark.parametrize(
    "text",
    [
        "13800000000",
        "138 0000 0000",
        "138-0000-0000",
        "+86 13800000000",
        "0574-62701234",
        "(0574)62701234",
        "０５７４-62701234",
        "62701234",
        "2701234",
        "0574-62701234-8012",
        "62701234转12",
        "12371",
        "665588",
        "400-800-1234",
        "13800000000、0574-62701234",
        "13800000000/665588",
        "13800000000 0574-62701234",
    ],
)
def test_phone_numbers_of_every_usual_kind_are_known(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize(
    "text", ["", "张三", "1380000000", "138000000000", "0574", "123", "a@b.cn", "2011年", "1" * 500, "12800000000"]
)
def test_what_is_no_phone_number_is_told(text: str) -> None:
    assert not is_phone(text)


@pytest.mark.parametrize("text", ["dzb@example.cn", "a.b-c+d@x.gov.cn", "1@qq.com"])
def test_mail_addresses_are_known(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    ["", "dzb", "a@b", "a@b.c", "a b@c.cn", "张@x.cn", "a@b.cn\nBcc: x@y.zz", "a@-b.cn", "a@" + "b." * 200 + "cn"],
)
def test_what_is_no_mail_address_is_told(text: str) -> None:
    assert not is_email(text)


def test_a_mail_address_is_freed_of_width_and_blanks() -> None:
    assert clean_email(" ｄｚｂ＠example\n.cn ") == "dzb@example.cn"


def identity_number(digits: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True))
    return digits + "10X98765432"[total % 11]


GOOD = identity_number("33021919800101001")


@pytest.mark.parametrize(
    "text",
    [
        f"身份证{GOOD}",
        f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}",
        "号码:330219800101001。",
        f"（{GOOD.lower()}）",
        "".join(chr(ord(c) + 0xFEE0) for c in GOOD),
    ],
)
def test_an_identity_number_is_found_by_its_check_sign(text: str) -> None:
    assert private_data(text) == {PrivateKind.IDENTITY_NUMBER}


def test_an_identity_number_that_ends_in_x_is_found() -> None:
    number = next(
        made for made in (identity_number(f"33021919800101{tail:03}") for tail in range(99)) if made.endswith("X")
    )
    assert private_data(number) == {PrivateKind.IDENTITY_NUMBER}


@given(st.integers(0, 9))
def test_an_identity_number_with_a_wrong_check_sign_is_not_one(digit: int) -> None:
    if str(digit) != GOOD[-1]:
        assert PrivateKind.IDENTITY_NUMBER not in private_data(GOOD[:-1] + str(digit))


@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1111", "4111-1111-1111-1111", "6200000000000000000", "卡6200000000000005。"]
)
def test_a_bank_card_is_found_by_its_check_digit(text: str) -> None:
    assert private_data(text) == {PrivateKind.BANK_CARD}


@pytest.mark.parametrize("text", ["4111 1111 1111 1112", "6200000000000000004", "411111999911111"])
def test_a_long_number_with_a_wrong_check_digit_is_no_bank_card(text: str) -> None:
    assert private_data(text) == frozenset()


@pytest.mark.parametrize("text", ["手机13800000000", "电话:138 0000 0000,", "+8613800000000"])
def test_a_mobile_number_is_found(text: str) -> None:
    assert private_data(text) == {PrivateKind.MOBILE_NUMBER}


@pytest.mark.parametrize(
    "text", ["2011年2月21日", "修路1.2公里", "62701234", "2011-02-21 2012-02-21", "0574-62701234", "12800000000"]
)
def test_ordinary_numbers_hold_nothing_back(text: str) -> None:
    assert private_data(text) == frozenset()
