"""What is known of mail addresses ranks readings and proposes usual domains."""

from __future__ import annotations

import pytest

from formsvc.extraction.scan.recognition.emails import (
    ends_well,
    has_twin,
    has_usual_domain,
    is_settled,
    local_part,
    may_be_letter,
    meant,
    strangeness,
    with_usual_domains,
)


@pytest.mark.parametrize(
    ("usual", "strange"),
    [
        ("zhangwei@163.com", "zhangwei@l63.com"),
        ("zhangwei@163.com", "zhangwei@163com"),
        ("zhanglei88@qq.com", "zhang1ei88@qq.com"),
        ("lixiang893@189.cn", "1ixiang893@189.cn"),
        ("lixiang@mail.example.org", "lixiang@mai1.example.org"),
        ("lixiang@photo.example.cn", "lixiang@phot0.example.cn"),
        ("ma.xiao.li.13@139.com", "ma.xiao.1i.13@139.com"),
        ("wangjun11@sina.com", "wangjunl1@sina.com"),
        ("liming@yuyao.gov.cn", "liming@yuyao.gov.cm"),
        ("liming@qq.com", "Liming@qq.com"),
        ("liming@yahoo.com.cn", "liming@yahocom.cn"),
        ("jie_a839@126.com", "je_a839@126.com"),
        ("lixiang@example.net.cn", "lixiang@examp1e.net.cn"),
        ("lixiang@part2.example.cn", "lixiang@part1.examp1e.cn"),
    ],
)
def test_a_usual_address_is_less_strange_than_one_misread(usual: str, strange: str) -> None:
    assert strangeness(usual) < strangeness(strange)


@pytest.mark.parametrize("read", ["zhangwei@l63.com", "zhangwei@163com", "zhangwei163.com", "zhangwei@16.com"])
def test_the_usual_domain_is_proposed_for_a_text_that_nearly_ends_in_it(read: str) -> None:
    assert "zhangwei@163.com" in set(with_usual_domains(read))


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("li@example.gov.cr", "li@example.gov.cn"),
        ("li@a.or", "li@a.org"),
        ("li@mail.example.con", "li@mail.example.com"),
    ],
)
def test_an_end_that_no_domain_here_has_is_strange_and_the_usual_ones_near_to_it_are_proposed(
    read: str, meant: str
) -> None:
    assert (ends_well(read), ends_well(meant)) == (False, True)
    assert meant in set(with_usual_domains(read))
    assert strangeness(meant) + 3 < strangeness(read)


def test_a_domain_of_its_own_is_left_alone() -> None:
    assert not [text for text in with_usual_domains("liming@cnnb-huamao.com") if text.endswith("@qq.com")]


def test_what_stands_before_a_usual_domain_is_told_although_a_sign_of_the_domain_was_misread() -> None:
    assert local_part("luo.j@hotmai1.com") == "luo.j" == local_part("luo.j@hotmail.com")
    assert local_part("luo.j@yuyao.gov.cn") is None
    assert [has_usual_domain(text) for text in ("luo@Hotmail.com", "luo@hotmai1.com")] == [True, False]


@pytest.mark.parametrize(
    ("address", "is_ambiguous"),
    [
        ("zl80@qq.com", True),
        ("wang.l@163.com", True),
        ("liufengol29@163.com", True),
        ("lixiang@163.com", False),
        ("wangjun11@sina.com", False),
        ("gao52@21cn.com", False),
        ("158909691@189.cn", False),
    ],
)
def test_an_address_in_which_an_l_might_as_well_be_a_one_is_told(address: str, *, is_ambiguous: bool) -> None:
    assert has_twin(address) is is_ambiguous


@pytest.mark.parametrize(
    ("address", "is_doubtful"),
    [
        ("ruiz131@163.com", True),
        ("gao_1082@qq.com", True),
        ("zhumingl14@qq.com", True),
        ("wangjun51@qq.com", False),
        ("158909691@189.cn", False),
        ("li.1@a1.com", False),
        ("liwei@mail.example.org", False),
    ],
)
def test_a_number_that_may_begin_with_a_letter_is_told(address: str, *, is_doubtful: bool) -> None:
    assert may_be_letter(address) is is_doubtful


@pytest.mark.parametrize(
    ("read", "address"),
    [
        ("1uoguozheng888@qq.com", "luoguozheng888@qq.com"),
        ("hai_1i_12@mai1.example.org", "hai_li_12@mail.example.org"),
        ("zhang1ei11@163.com", "zhanglei11@163.com"),
    ],
)
def test_a_1_within_a_name_is_meant_for_an_l(read: str, address: str) -> None:
    assert meant(read) == meant(address) == address
    assert all(is_settled(address, place) for place, sign in enumerate(read) if sign != address[place])


@pytest.mark.parametrize(
    "address", ["wu1l34@sina.com", "zhang11@qq.com", "81ei@qq.com", "a1b2@qq.com", "liu_1034@qq.com", "li@web1.cn"]
)
def test_a_1_that_may_be_one_stays(address: str) -> None:
    assert meant(address) == address
    assert not [place for place, sign in enumerate(address) if sign == "1" and is_settled(address, place)]
