"""The surnames of China, and which of them a name begins with.

They are those of the Hundred Family Surnames (百家姓, of the Song dynasty) in simplified characters, and others that
people bear today. A few people bear a surname that is not here, and the names of some peoples have none: that a name
begins with none of these is odd, and no fault.
"""

from __future__ import annotations

from formsvc.chinese.folding import INTERPUNCT, fold_name

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧"
    "计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫"
    "经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓"
    "牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙"
    "池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向"
    "古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶曾毋沙乜养鞠须丰巢关"
    "蒯相查后荆红游竺权逯盖益桓公岳帅缑亢况有琴商牟佘佴伯赏墨哈谯笪年爱阳佟言福"
    "苟肖付代覃隋仝丛占邸苑邝冼谌揭撒战鹿丘兰闫尧迟沐矫芦冮忻展英由麦亓麴仉郄海原矣庹税粟郇涂钦鄢汝楚晋门栗"
    "区朴呙贠种秘祭繁黑",
)
"""Those of one character."""
_TWO_CHARACTERS = (
    "万俟 上官 东方 东郭 东门 乐正 亓官 仲孙 令狐 公冶 公孙 公羊 公良 公西 南宫 南门 司寇 司徒 司空 司马 呼延 "
    "壤驷 夏侯 太史 太叔 夹谷 子车 宇文 宗政 宰父 尉迟 左丘 巫马 微生 慕容 拓跋 梁丘 欧阳 段干 漆雕 澹台 濮阳 "
    "独孤 申屠 百里 皇甫 端木 第五 纳兰 羊舌 西门 诸葛 谷梁 赫连 轩辕 钟离 长孙 闻人 闾丘 颛孙 鲜于"
)
_COMPOUND = frozenset(_TWO_CHARACTERS.split())


def surname_of(name: str) -> str:
    """Return the surname a name begins with, the longer one where two would do; empty when it begins with none."""
    bare = fold_name(name).replace(INTERPUNCT, "")
    return bare[:2] if bare[:2] in _COMPOUND else bare[:1] if bare[:1] in SURNAMES else ""
