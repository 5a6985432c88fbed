"""The codes of what is wrong with a network: its expressions, options, blocks, wiring and shapes."""

from __future__ import annotations

from cnnstat.base.codes.code import Code
from cnnstat.base.limits import MAX_NESTING, MAX_NUMBERS

OF_NETWORKS = (
    Code(
        "expression/syntax",
        "an expression that cannot be read",
        "A value with a '$' in it is arithmetic on parameters: numbers, $parameters, + - * / // %,"
        " comparisons, and, or, not, 'x if condition else y', and a few functions. It is no Python: nothing"
        " else is evaluated.",
        "Write each parameter with its '$'; quote a value that has commas.",
    ),
    Code(
        "expression/unknown",
        "a parameter that is not known here",
        "An expression in a block reads the block's own parameters and the network's; '$index' is known in"
        " a repeat, '$in' in the options of a layer.",
        "Take one of those that are listed, or add it to the 'params:' of the block.",
    ),
    Code(
        "expression/type",
        "a value of another type than the operation takes",
        "Arithmetic takes numbers, and a condition is true or false. 'yes' and 'on' are words.",
        "Compare numbers to get a condition: 'when: $index > 0'.",
    ),
    Code(
        "expression/value",
        "a function that has no value",
        "A function is given numbers for which it has no value, or too many or few of them; 'divisible'"
        " takes positive numbers only, since no number of filters comes of others.",
        "The message has the numbers: change the parameters they come from.",
    ),
    Code(
        "expression/zero-division",
        "a division by zero",
        "The divisor of an expression is 0 for these parameters, which the message has.",
        "Change the parameter, or choose with '$n if $n > 0 else 1'.",
    ),
    Code(
        "option/unknown",
        "an option that the type does not have",
        "The layer type, or the block, has no such option. It is refused, because an option that is passed"
        " over in silence changes no figure and looks as if it did.",
        "Take the one that is suggested; 'cnnstat explain TYPE' prints all of them.",
    ),
    Code(
        "option/missing",
        "an option that is needed",
        "The layer cannot be worked out without it: a convolution without 'filters:' has no size.",
        "Add it; 'cnnstat explain TYPE' says what it takes.",
    ),
    Code(
        "option/value",
        "a value that the option does not take",
        "The value is of another kind or out of range. A number such as 010 or 1_000 is a word here, and"
        " an expression must come out as a whole number where one belongs.",
        "The message says what is expected, and what is there.",
    ),
    Code(
        "option/conflict",
        "options that exclude each other",
        "Two options say the same thing in two ways, or one needs another value of the other.",
        "Keep one of them.",
    ),
    Code(
        "type/unknown",
        "a type that does not exist",
        "'type:' is neither a layer type nor a block of this spec.",
        "Take the one that is suggested; 'cnnstat explain' lists the types. Another tool's name for a layer"
        " is suggested under ours.",
    ),
    Code(
        "block/name",
        "a block that is called like a layer type",
        "A line with this type could mean either of them.",
        "Give the block another name.",
    ),
    Code(
        "block/recursion",
        "a block that contains itself",
        "A layer of the block is the block again, perhaps through others, so that it would never end.",
        "Use 'repeat:' for one after another.",
    ),
    Code(
        "block/nesting",
        "blocks in blocks, too deep",
        f"Blocks stand more than {MAX_NESTING} deep in each other.",
        "Repeat a block instead of nesting it.",
    ),
    Code(
        "block/missing-parameter",
        "a parameter that each call must give",
        "A parameter that has no value under the block's 'params:' has no default.",
        "Give it where the block is called, or a default where it is declared.",
    ),
    Code(
        "name/duplicate",
        "a name that is taken",
        "Two layers of one scope have this name, and 'from:' could mean either. They may share it only where"
        " 'when:' leaves one of them out.",
        "Rename one of them.",
    ),
    Code(
        "graph/unknown-name",
        "a layer that does not exist",
        "'from:' or 'outputs:' names no layer of this scope. Layers inside a block are named behind the"
        " call: 'layer2.conv1'.",
        "Take the one that is suggested; 'input' is what the network or block reads.",
    ),
    Code(
        "graph/order",
        "a layer that stands below",
        "A layer reads layers above it only, as a table in a paper is read; so a cycle cannot be written.",
        "Move the layer that is read above the one that reads it.",
    ),
    Code(
        "graph/cycle",
        "a layer that reads its own output",
        "Following 'from:' from layer to layer leads back to where it began. A convolutional network has no"
        " value for that.",
        "The message has the way around: change the 'from:' that should not be on it.",
    ),
    Code(
        "graph/arity",
        "too many inputs, or too few",
        "The layer type or block takes another number of inputs than 'from:' names; without 'from:' it is"
        " one, the layer above.",
        "Name all of them: 'from: [conv2, shortcut]'.",
    ),
    Code(
        "graph/unread",
        "a layer that nobody reads",
        "The layer is no output, and no other reads it. That is nearly always a forgotten branch, whose"
        " figures would be counted all the same.",
        "Name it in a 'from:', list it under 'outputs:', or remove it.",
    ),
    Code(
        "graph/empty",
        "every layer is left out",
        "No layer is left once 'when:' is worked out for these parameters.",
        "Check the conditions.",
    ),
    Code(
        "shape/too-small",
        "the input has no room for the layer",
        "The kernel is larger than the padded input, a crop or a padding leaves no rows, or a shortcut has"
        " fewer filters than its input has maps. Usually maps have shrunk too far for a layer this deep.",
        "Use a larger input ('cnnstat sizes SPEC' finds the smallest), more padding, or smaller strides"
        " above.",
    ),
    Code(
        "shape/too-large",
        "a layer that puts out too much",
        f"A layer puts out more than {MAX_NUMBERS:,} numbers for a sample, as many as the largest input"
        " holds. Sizes that a repeat multiplies grow beyond all sense, and so would every figure.",
        "Check the scale, stride or multiplier of the layer, and the 'repeat:' it stands in.",
    ),
    Code(
        "shape/leftover",
        "windows that do not fit",
        "(N - F + 2P)/S + 1 is no whole number: the last rows or columns would be covered by no window. It"
        " is refused with --strict and 'rounding: exact'; else it is rounded down and reported as leftover.",
        "Change the input's size, the padding or the stride so that the stride divides N - F + 2P;"
        " 'cnnstat sizes SPEC' lists the sizes that leave nothing over.",
    ),
    Code(
        "shape/padding",
        "padding that the layer cannot have",
        "A pooling window lies on padding alone, so that it has no maximum or mean; or the output padding of"
        " a transposed convolution exceeds one step.",
        "Take less padding; to enlarge a map, there are 'pad' and 'upsample'.",
    ),
    Code(
        "shape/groups",
        "channels that cannot be split evenly",
        "Groups, parts or a shuffle's factor split the channels into equal shares, and the number of"
        " channels or filters is no multiple of them.",
        "Change the number of groups, or of channels; '$in' is the number that reaches the layer.",
    ),
    Code(
        "shape/bins",
        "sliding windows that do not give the bins",
        "Spatial pyramid pooling's sliding rule (window ceil(a/n), stride floor(a/n)) does not give n bins"
        " for this size, though the paper says so; the vector would have another length.",
        "Use 'bins: adaptive', the rule of the paper's appendix A, which always gives n.",
    ),
    Code(
        "shape/rank",
        "another number of axes than the layer takes",
        "The layer takes maps, signals or vectors, and reads another kind; or an option has a value for"
        " more or fewer axes than there are.",
        "Put a 'flatten' above a fully connected layer; give one value for all axes, or one for each.",
    ),
    Code(
        "shape/mismatch",
        "inputs whose shapes do not go together",
        "A sum needs equal shapes, a product equal sizes or 1, a join along the channels equal other sizes,"
        " and a reshape as many numbers as there are.",
        "Compare the shapes in the message: a branch has another stride, padding or number of filters.",
    ),
    Code(
        "shape/range",
        "a part that the input does not have",
        "A slice is empty or ends behind the last position, or a split takes a part that there is not."
        " Positions and parts count from 0.",
        "The message has the range that there is.",
    ),
    Code(
        "shape/misfit",
        "options that do not go with the input",
        "For this input an option comes out as something it cannot be: a multiple of '$in' that is no whole"
        " number, a connection table for other maps, a size that is even where a middle is needed.",
        "The message has the numbers on both sides.",
    ),
)
