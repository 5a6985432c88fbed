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
    *(
        "$in",
        "2 * $in",
        "$in / 3",
        "$in * $in",
        "$index",
        "$a",
        "$a + 1e999",
        "$a / 0",
        "9 ** 9 ** 9",
        "$in ** 9 ** 9",
    ),
    *("sqrt($in)", "log2($a)", "$in + 2 * $in", "4 if $in > 8 else $in", "$in ** -1", "round($in / 2)"),
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

BY_METAVAR = {
    "CxHxW": _words("3x224x224 1x8x8 4x6x5 3x64x64 3x299x299 1x1x1 8 5x40 3x32x32 1x28x28 3x1000000x2"),
    "SIZE": _words("1 8 64 32x33 128x256 224 1000000 1x1"),
    "Y,X": _words("0,0 3,5 0 7 1,2 99999 99999,99999 0,99999 2,0"),
    "C,Y,X": _words("0,0,0 0,0,0 0 1,2 0,0 1,0,3 0,99999,0 0,0,0,0 3"),
    "I,J,...": _words("0,0,0,0 0,0 0 1,0 0,0,0 9,9,9,9 0,0,0,0,0"),
    "A,B,...": _words("macs,params name,receptive_field type inputs,leftover field_stride,field_padding"),
    "NAME=VALUES": (
        *_words("a=1:3:1 a=1,2 a=0.5:2:0.1 a=9:1:1 a=x,y a=$a a=1:2 a=:: b=1 a="),
        "a=log 1:64:8",
    ),
    "CONDITION": (
        *("params <= 5M", "macs between 1 and 9G", "$a >= 1"),
        *("params", "fvcore <= 1G and", "x <= 1"),
    ),
    "TARGET": ("macs = 5M", "params = 156", "$a = 2", "macs <= 5", "$b * 2 = 3", "x = 1", "macs ="),
    "FIGURE": _words("params macs x receptive_field activations output_shape field_stride"),
    "SHARE": _words("1% 0.5% 100% -1% x 1e9%"),
    "RATE": _words("10T 100G 1 0 1e9 fast 51.2GB/s"),
    "A,-B,...": _words("params params,-macs -receptive_field,macs a,-params field_stride , -"),
    "KIND[=FILE]": _words("edf pareto params edf= edf=x.gif edff"),
    "ADDRESS": _words("tcp://localhost nowhere: tcp://:: 8786 - tcp://host:99999999"),
    "FORMAT=FILE": _words("sarif=/dev/null gitlab=/dev/null text= =x x=y markdown"),
    "TOOL": _words("fvcore torchinfo ptflops thop calflops torch distill convnet-burden netscope"),
}
"""What options are meant for, by what stands for it in the help."""
ASSIGNED = _words("=2 =1 =0.5 =true =[1,2] =1e99 =-1 =x =$x = =10 =999999 =null")
"""What a parameter of a network may be given."""
OPTIONS = (
    *_words("0x1x1 1000000x1000000x1000000 3x x -1,2 a=$b a= = total macs conv shape/leftover 8G - None"),
    *_words("receptive_field, input layer1.0.conv1 ../x lenet5 resnet18#x lenet5#lenet5 #"),
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
