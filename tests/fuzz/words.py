"""Words that mean something or mean harm, wherever they come to stand: in specs, options and headers."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


NUMBERS = (
    *_words("0 1 -1 2 7 1000000 1000001 99999999999999999999 0.5 1.5 1e9 1e-9 1e99 -0.0"),
    *_words("010 0x10 1_000 3:2 .inf .nan 1e999 64.0000001 02 1.00000001"),
    *("9" * 31, "9" * 400),
)
VALUES = (
    *_words("true false null ~ yes [] {} [1] [[1]] [1,2,3,4,5] [0,-1] input same valid 12K 3.8G 5%"),
    *("[1, 2]", '""', "{value: 2}", "{value: 2, tolerance: 5%}", "{value: 2, correct: 9}"),
    *('{value: 2, erratum: "x", correct: 3}', "[[0, 1], [1, 2]]"),
)
EXPRESSIONS = (
    *("$in", "2 * $in", "$in / 3", "$in * $in", "$index", "$a", "$a + 1e999", "$a / 0", "9 ** 9 ** 9"),
    *('"max($in, 8)"', '"divisible($a, 0)"', "$a % 2", "2 if $index == 0 else 1", "not $index"),
    *("$index * 1000000", "$a * 0x10", "$a + 1_000", "$a * 1e308 * 1e308", "$a / 3"),
    *("$" * 50, "(" * 25 + "$a" + ")" * 25, "-" * 150 + "$in"),
)
HOSTILE = (
    *('"\\e[31mred"', '"a\\ab"', "\u202egnp", "\u200b", '":::error::x"', '"###vso[task]"', "[bold]x[/bold]"),
    *("%s%n{0}", "é" * 70, "x" * 70, "\u0663", "\U0001f600", "<<: {a: 1}", "? x", '"\\ud800"'),
    *_words("&a *a !!python/object:x | --- ... @x `x` ' \" # { ] \\"),
    *("\x00", "\x1b[2J", "\x85", "\u2028", "\ufeff", "\t", "&a 1"),
)
KEYS = (
    *_words("input layers name source params variants blocks outputs expect type from when repeat first"),
    *_words("frozen inputs macs shape receptive_field erratum correct value tolerance truncated"),
)

OPTIONS = (
    *_words("3x224x224 1x8x8 4x6x5 8 64 32x33 0x1x1 1000000x1000000x1000000 3x x 128x256 5x40"),
    *_words("width=2 n1=1 classes=10 a=$b a= = width=1e99 width=[1,2] depth=true filters_b0=3"),
    *_words("0,0 3,5 99999 -1,2 0 conv1 relu1 n0 n1 input layer1.0.conv1 total macs conv shape/leftover"),
    *_words("macs,params name,receptive_field receptive_field, fvcore netscope 8G - None ../x"),
    *("", " ", "\x1b[31mred", "a\x07b", "\u202egnp.exe", ":::error::x", "###vso[x]", "[bold]x[/bold]"),
    *("%s{}", "\ud800", "é" * 300, "a\nb", "\x00", "x" * 300, "\u0663x\u0663x\u0663"),
)
"""What a command line may give to an option that takes any text."""

HEADER = (
    *_words("True False None 0 -1 1 2 99999999999 4294967296 1e3 () (,) (1,) (True,) [3] '<f4' '|O'"),
    *_words("'<f16' ('<f4',(2,)) [('a','<f4')] {} {'a':1} b'x' ((((( 1L 0x10 1_000 1+1 -True 3.0"),
    *("nan", "__import__('os')", "'" + "x" * 300 + "'"),
)
"""What may stand in the header of a .npy file."""

NAMES = ("", "/x", "../x", "a/b", "a.b.c", "conv", "conv.weight", "\x1b[31m", "é", ":::x", "weight", "module")
"""Names of tensors."""
