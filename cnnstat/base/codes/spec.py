"""The codes of what is wrong with a file, its YAML, or the keys and values that stand in it."""

from __future__ import annotations

from cnnstat.base.codes.code import Code
from cnnstat.base.limits import MAX_DEPTH, MAX_LAYERS, MAX_SIZE, MAX_TEXT

OF_SPECS = (
    Code(
        "file/unreadable",
        "the spec cannot be read",
        "There is no such file and no bundled network of that name, or the file is a folder, is no UTF-8"
        " text, or the system refuses to open it.",
        "Check the path. 'cnnstat list' prints the names of the bundled networks; FILE#NAME is a variant.",
    ),
    Code(
        "yaml/syntax",
        "the text is no YAML",
        "The text breaks a rule of YAML, often a bracket that is not closed, a missing colon, or lines that"
        " are indented unevenly. The place is where reading failed; the mistake may stand a line above.",
        "Close brackets and quotes, and write a value with commas in quotes.",
    ),
    Code(
        "yaml/character",
        "a character that YAML does not allow",
        "Control characters have no place in a YAML text. They come from binary files and from copying.",
        "Remove the character.",
    ),
    Code(
        "yaml/documents",
        "more than one document",
        "A line '---' begins a second YAML document. A spec is one document, so it would be lost.",
        "Put the second network into a file of its own, or make both variants of one family.",
    ),
    Code(
        "yaml/depth",
        "nested too deep",
        f"Lists and mappings stand more than {MAX_DEPTH} levels deep in each other; a spec needs six. The"
        " limit keeps a hostile file from exhausting memory.",
        "Check for brackets that are opened without end.",
    ),
    Code(
        "yaml/alias",
        "an alias",
        "An alias (*name) repeats what an anchor has marked. It is not part of the language: a small file"
        " could unfold to a huge one, and a value would be changed far from where it is read.",
        "Use a block with params, which does the same and has a name.",
    ),
    Code(
        "yaml/anchor",
        "an anchor",
        "An anchor (&name) marks a value for aliases, which are not part of the language; see yaml/alias.",
        "Remove it, and use a block with params where a part is repeated.",
    ),
    Code(
        "yaml/merge",
        "a merge key",
        "A merge key (<<) mixes one mapping into another, so that the options of a layer would not stand"
        " beside it.",
        "Use a block with params; 'first:' says what differs in the first of a repeat.",
    ),
    Code(
        "yaml/tag",
        "a tag",
        "A tag (!name) asks for another type of value, in some readers of YAML even for code to be run.",
        "Remove it: the option says which type of value it takes.",
    ),
    Code(
        "yaml/key",
        "a key that is no word",
        "Keys are words, such as 'filters'. A list or a mapping cannot be one.",
        "Check for a bracket or a question mark in front of a key.",
    ),
    Code(
        "yaml/duplicate-key",
        "a key that is given twice",
        "A mapping has the same key twice. Readers of YAML differ on which of the values counts.",
        "Remove one of them.",
    ),
    Code(
        "spec/too-long",
        "the text is too long",
        f"A spec has at most {MAX_TEXT:,} characters.",
        "Use blocks and 'repeat:' instead of writing layers out.",
    ),
    Code(
        "spec/empty",
        "there is nothing in the text",
        "The file is empty, or has comments only.",
        "Write 'input:' and 'layers:'; 'cnnstat schema' and docs/spec.md say what else there is.",
    ),
    Code(
        "spec/type",
        "a value of another kind than its key takes",
        "A list stands where a mapping belongs, a mapping where text belongs, or the like.",
        "The message shows what is expected, and what is there.",
    ),
    Code(
        "spec/missing",
        "a key that is needed",
        "A network needs 'input:' and 'layers:', a block 'layers:', a layer 'type:'.",
        "Add the key.",
    ),
    Code(
        "spec/unknown-key",
        "a key that means nothing here",
        "The network, block or variant has no such key. It is refused, because a key that is passed over in"
        " silence is a mistake that nobody finds.",
        "Take the key that is suggested, or remove it; text for readers stands in comments.",
    ),
    Code(
        "spec/name",
        "a name that cannot be one",
        "Names of layers and blocks are paths in reports, with points between them, so they have letters,"
        " digits, '_' and '-' only; 'input' is the name of what a network or block reads.",
        "Choose another name, or leave it out: the layer is then called by its type and a number.",
    ),
    Code(
        "spec/input",
        "an input that is no shape",
        "The input is the shape of one sample without the batch: [C, H, W] for a map, [C, L] for a signal,"
        f" [N] for a vector, with whole numbers from 1 to {MAX_SIZE:,}. With parameters in it, each size"
        " must come out as such a number.",
        "Write the channels first. '010' is a word and no number.",
    ),
    Code(
        "spec/param",
        "a parameter that cannot be one",
        "The name of a parameter is read as $name, so it has letters, digits and '_', and is no key of a"
        " layer. Its default is a plain value: there is nothing yet that an expression could read.",
        "Choose another name; write the expression where the parameter is used.",
    ),
    Code(
        "spec/first",
        "'first:' where it cannot stand",
        "'first:' holds the options in which the first layer or block of a 'repeat:' differs. Other keys of"
        " a layer do not go into it.",
        "Put the key beside 'repeat:'; 'when' and 'frozen' can read '$index == 0' there.",
    ),
    Code(
        "spec/too-large",
        "the network is too large",
        f"Blocks and repeats unfold to more than {MAX_LAYERS:,} layers. The limit keeps a small file from"
        " running for hours; a number typed with a zero too many is the usual cause.",
        "Check the numbers behind 'repeat:', also those of blocks within blocks.",
    ),
    Code(
        "variant/unknown",
        "a variant that the spec does not have",
        "FILE#NAME is the variant NAME of a family, and the spec has no such key under 'variants:'.",
        "Take one of the variants that are listed, or leave out '#' for the first.",
    ),
    Code(
        "param/unknown",
        "a parameter that the network does not have",
        "What '--set' or a variant replaces must stand under the network's own 'params:'; parameters of"
        " blocks are set where the block is called.",
        "Take one of the parameters that are listed, or add it to 'params:'.",
    ),
    Code(
        "expect/type",
        "'expect:' is no mapping",
        "Published figures are written by name, so that each is compared with one figure.",
        "Write 'expect: {params: 156}'.",
    ),
    Code(
        "expect/figure",
        "a figure that 'expect:' does not know",
        "There is no figure of this name, or it is one of the network as a whole and stands beside a layer.",
        "Take one that is listed; 'cnnstat explain' prints what each of them is.",
    ),
    Code(
        "expect/key",
        "a key that an expectation does not have",
        "A published figure with remarks has the keys value, source, truncated, tolerance, erratum, correct.",
        "Take one of these.",
    ),
    Code(
        "expect/value",
        "a published figure that cannot be read",
        "A figure is a number as it is printed (156, 138M, 3.6G, 112Ki) or a list of sizes; a tolerance is a"
        " number or a percentage of it, 'truncated' true or false, and 'correct' the exact figure.",
        "Write the figure without words and signs of grouping.",
    ),
    Code(
        "expect/missed",
        "a published figure that is not what is calculated",
        "What stands under 'expect:' does not agree with the figure of the layer or network, in the digits"
        " in which it is printed. Either the spec is not the published network, or the print is wrong; or a"
        " figure that is marked as an erratum is right.",
        "'cnnstat explain SPEC LAYER' prints the arithmetic. A figure known to be wrong is written as an"
        " erratum with its reason.",
    ),
)
