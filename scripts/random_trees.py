#!/usr/bin/env python3
"""Devicetree sources made at random from a seed, to compare two compilers with.

    scripts/random_trees.py [--seed N] [--count N] [--verify] [--print INDEX]

The same seed and index give the same source everywhere. Each index switches some features off and gives the others
weights of its own, so that rare combinations come up. Most sources are valid; some are wrong on purpose or by chance.
What the two compilers are known to treat differently is never made. `--verify` counts what dtc says of them.
"""

import argparse
import collections
import pathlib
import random
import subprocess
import sys
import tempfile

FEATURES = [
    "merge", "delete", "labels", "references", "paths", "omit", "plugin", "expressions", "strings", "bytes",
    "bits", "characters", "includes", "incbin", "memreserve", "value-labels", "comments", "blanks", "markers",
    "phandles", "odd-names", "faults", "suffixes", "cpus", "duplicates", "escaped-names",
]  # fmt: skip
NODE_NAMES = ["a", "b", "c", "soc", "n@1", "n@2", "memory@80000000", "x", "reserved-memory", "bits", "include"]
PROPERTY_NAMES = [
    "p", "q", "reg", "xreg", "compatible", "ible", "#size-cells", "size-cells", "a", "b", "status", "linux,x",
    "x?y", "u+v", "w*", "under_score", "123", "0", "delete-node", "-dash", "ranges", "x.y",
]  # fmt: skip
ODD_NODE_NAMES = ["UPPER", "0", "1@1", "a+b", "a.b", "a,b@1,2", "x@y", "e-", "__symbols__", "aliases"]
COMMENTS = ["/* c */", "/**/", "/* a\n b // c */", "// line\n", "/* \" ' { } ; */", "// \"x' /* \\\n"]
BLANKS = [" ", "  ", "\t", "\n", "\r\n", "\v", "\f", "\n\n", " \n\t"]
ESCAPES = ["\\a", "\\b", "\\t", "\\n", "\\v", "\\f", "\\r", "\\\\", '\\"', "\\0", "\\7", "\\377", "\\777", "\\1234",
           "\\x0", "\\xfF", "\\x123", "\\q", "\\8", "\\'", "\\?"]  # fmt: skip
BINARY = ["+", "-", "*", "<<", ">>", "&", "|", "^", "&&", "||", "==", "!=", "<", ">", "<=", ">="]
MINIMISING_RUNS_MAX = 300

# A piece of source: tokens to be joined with blanks, a body of further pieces, or a file of them.
Piece = collections.namedtuple("Piece", "head body tail file")


class Tree:
    """A source and the files that it includes."""

    def __init__(self, pieces, spacing, binaries):
        self.pieces = pieces
        self.spacing = spacing
        self.binaries = binaries

    def rendered(self):
        """The main file."""
        return self._text(self.pieces).encode("latin-1") + b"\n"

    def files(self):
        """The other files, by name."""
        result = dict(self.binaries)
        self._collect(self.pieces, result)
        return result

    def without(self, path):
        """The same tree without the piece at a path of indices."""
        return Tree(removed(self.pieces, path), self.spacing, self.binaries)

    def paths(self):
        """The paths of all pieces that can be dropped, outer ones first."""
        return list(paths_of(self.pieces, ()))

    def _text(self, pieces):
        parts = []
        for piece in pieces:
            parts.append(self.spacing.join(piece.head))
            if piece.body is not None and piece.file is None:
                parts.append(self._text(piece.body))
            parts.append(self.spacing.join(piece.tail))
        return "\n".join(part for part in parts if part)

    def _collect(self, pieces, result):
        for piece in pieces:
            if piece.file is not None:
                result[piece.file] = (self._text(piece.body) + "\n").encode("latin-1")
            if piece.body is not None:
                self._collect(piece.body, result)


def removed(pieces, path):
    index, rest = path[0], path[1:]
    if not rest:
        return pieces[:index] + pieces[index + 1 :]
    piece = pieces[index]
    return pieces[:index] + [piece._replace(body=removed(piece.body, rest))] + pieces[index + 1 :]


def paths_of(pieces, prefix):
    for index in range(len(pieces)):
        yield prefix + (index,)
    for index, piece in enumerate(pieces):
        if piece.body is not None:
            yield from paths_of(piece.body, prefix + (index,))


def minimised(tree, still_fails):
    """Drops pieces as long as the failure stays."""
    runs = 0
    plain = Tree(tree.pieces, Spacing(None), tree.binaries)
    if still_fails(plain):
        tree = plain
    shrinking = True
    while shrinking and runs < MINIMISING_RUNS_MAX:
        shrinking = False
        for path in tree.paths():
            runs += 1
            if runs > MINIMISING_RUNS_MAX:
                break
            candidate = tree.without(path)
            if still_fails(candidate):
                tree = candidate
                shrinking = True
                break
    return tree


class Spacing:
    """Joins tokens with blanks and comments in odd places; the same pieces always give the same text."""

    def __init__(self, key, comments=False, blanks=False, markers=False):
        self.key = key
        self.comments = comments
        self.blanks = blanks
        self.markers = markers

    def join(self, tokens):
        dice = random.Random(f"{self.key}/{tokens}") if self.key is not None else None
        text = ""
        for token in tokens:
            if text:
                text += self.between(text, token, dice)
            text += token
        return text

    def between(self, text, token, dice):
        """Never joins two tokens into one, never lets a slash and a comment meet."""
        if dice is None:
            return " "
        glued = text[-1].isalnum() or text[-1] in "_,.+*#?@-\\'\"" or token[0] in "'\"#"
        glued = glued and (token[0].isalnum() or token[0] in "_,.+*#?@-\\&'\":/")
        if "/" in (text[-1], token[0]):
            return dice.choice([" ", "\n"])
        choices = [" ", " "]
        if not glued and not token.startswith("#"):
            choices.append("")
        if self.blanks:
            choices.append(dice.choice(BLANKS))
        if self.comments and dice.random() < 0.5:
            choices.append(" " + dice.choice(COMMENTS) + " ")
        if self.markers and dice.random() < 0.2:
            choices.append(dice.choice(['\n# 7 "other.dts"\n', '\n#line 3 "a\\"b" 1 3\n', '\n#\t9\t"x" 2\n']))
        return dice.choice(choices)


class Generator:
    """Makes one tree."""

    def __init__(self, seed, index):
        self.key = f"{seed}/{index}"
        self.dice = random.Random(self.key)
        self.features = {feature: self.dice.choice([0, 0.3, 1]) for feature in FEATURES}
        self.features["faults"] = self.features["duplicates"] = self.dice.choice([0, 0, 0, 0.02])
        self.plugin = self.features["plugin"] > 0.5 and self.dice.random() < 0.6
        self.wanted = [f"L{number}" for number in range(self.dice.choice([0, 2, 6]))] if self.on("labels", 1) else []
        self.unplaced = list(self.wanted)
        self.placed = []
        self.phandles = list(range(1, 40))
        self.part = 0
        self.value_label = 0
        self.binaries = {}
        self.statements_left = self.dice.choice([6, 20, 60])

    def on(self, feature, chance=0.2):
        """Whether to use a feature here; one that is switched off never is."""
        return self.features[feature] > 0 and self.dice.random() < chance * self.features[feature]

    def tree(self):
        dice = self.dice
        header = ["/dts-v1/", ";"] + (["/plugin/", ";"] if self.plugin else [])
        pieces = [leaf(header * (2 if self.on("faults") else 1))]
        for _ in range(dice.choice([0, 1, 3])):
            if self.on("memreserve", 0.5):
                labels = self.new_value_labels()
                pieces.append(leaf([*labels, "/memreserve/", self.number(64), self.number(64), ";"]))
        pieces.append(self.root())
        for _ in range(dice.choice([0, 1, 2, 5])):
            pieces.append(self.top())
        if self.unplaced:
            # Every label exists in the end.
            body = [Piece([label + ":", f"late{number}", "{"], [], ["}", ";"], None)
                    for number, label in enumerate(self.unplaced)]  # fmt: skip
            pieces.append(Piece(["/", "{"], body, ["}", ";"], None))
        spacing = Spacing(
            self.key, self.features["comments"] > 0, self.features["blanks"] > 0, self.features["markers"] > 0.5
        )
        return Tree(pieces, spacing, self.binaries)

    # Statements

    def root(self):
        return Piece(["/", "{"], self.body(0, creates=True, root=True), ["}", ";"], None)

    def top(self):
        dice = self.dice
        kind = dice.random()
        if self.plugin and kind < 0.5:
            name = dice.choice(["&U0", "&U1", "&U2", "&{/}", "&{/soc}", "&{/a/b}"])
            return Piece([name, "{"], self.body(1, creates=True), ["}", ";"], None)
        if self.placed and kind < 0.5 and self.on("merge", 1):
            label = dice.choice(self.placed)
            new = self.new_labels(0.1)[:1]
            return Piece([*new, "&" + label, "{"], self.body(1, creates=False), ["}", ";"], None)
        if self.placed and kind < 0.6 and self.on("delete", 0.8):
            label = self.placed.pop(dice.randrange(len(self.placed)))
            if label in self.wanted and dice.random() < 0.9:
                self.unplaced.append(label)
            return leaf(["/delete-node/", "&" + label, ";"])
        if self.placed and kind < 0.7 and self.on("omit", 0.8):
            return leaf(["/omit-if-no-ref/", "&" + dice.choice(self.placed), ";"])
        if kind < 0.75 and not self.plugin and self.on("paths", 0.6):
            return Piece(["&{/}", "{"], self.body(0, creates=False), ["}", ";"], None)
        return Piece(["/", "{"], self.body(0, creates=False), ["}", ";"], None)

    def body(self, depth, creates, root=False):
        """Properties, then subnodes; names once in a body, unless duplicates are wanted."""
        dice = self.dice
        pieces = []
        names = dice.sample(PROPERTY_NAMES, k=max(0, min(dice.choice([0, 1, 2, 5]), self.statements_left)))
        if self.on("duplicates", 1) and names:
            names.append(dice.choice(names))
        for name in names:
            pieces.append(self.property(name))
        if self.on("phandles", 0.3) and self.phandles:
            number = self.phandles.pop(dice.randrange(len(self.phandles)))
            pieces.append(leaf([dice.choice(["phandle", "phandle", "linux,phandle"]), "=", "<", str(number), ">", ";"]))
        if self.on("delete", 0.5):
            pieces.append(leaf(["/delete-property/", dice.choice(PROPERTY_NAMES), ";"]))
        pieces = self.with_includes(pieces)
        children = []
        if depth < 5:
            pool = NODE_NAMES + (ODD_NODE_NAMES if self.on("odd-names", 0.5) else [])
            for name in dice.sample(pool, k=dice.choice([0, 1, 2, 4])):
                if self.statements_left > 0:
                    children.append(self.child(name, depth, creates))
            if root and self.on("cpus", 0.6):
                children.append(self.cpus())
            if self.on("delete", 0.3):
                children.append(leaf(["/delete-node/", dice.choice(NODE_NAMES), ";"]))
                if creates and dice.random() < 0.9:
                    # In a body that makes the node this is an error when the name is there too.
                    name = children[-1].head[1]
                    children = children[:-1] if any(name in child.head for child in children[:-1]) else children
        return pieces + self.with_includes(children)

    def child(self, name, depth, creates):
        self.statements_left -= 1
        prefixes = self.new_labels(0.6)
        if self.on("omit", 0.4):
            prefixes.insert(self.dice.randint(0, len(prefixes)), "/omit-if-no-ref/")
        if self.on("escaped-names", 0.1):
            name = "\\" + name
        body = self.body(depth + 1, creates)
        if self.on("phandles", 0.03):
            body.insert(0, leaf(["name", "=", f'"{name.split("@")[0]}"', ";"]))
        return Piece([*prefixes, name, "{"], body, ["}", ";"], None)

    def cpus(self):
        children = []
        for number in self.dice.sample(range(8), 2):
            reg = leaf(["reg", "=", "<", str(number), ">", ";"])
            children.append(Piece([f"cpu@{number}", "{"], [reg], ["}", ";"], None))
        return Piece(["cpus", "{"], children, ["}", ";"], None)

    def with_includes(self, pieces):
        """Moves a run of pieces into a file of its own."""
        if len(pieces) < 1 or not self.on("includes", 0.3):
            return pieces
        first = self.dice.randrange(len(pieces))
        last = self.dice.randint(first, len(pieces))
        name = f"part{self.part}.dtsi"
        self.part += 1
        part = Piece(["/include/", f'"{name}"'], pieces[first:last], [], name)
        return pieces[:first] + [part] + pieces[last:]

    def property(self, name):
        self.statements_left -= 1
        labels = self.new_value_labels()
        if self.on("escaped-names", 0.1):
            name = "\\" + name
        if self.dice.random() < 0.15:
            return leaf([*labels, name, ";"])
        tokens = [*labels, name, "="]
        for index in range(self.dice.choice([1, 1, 1, 2, 4])):
            tokens += ([","] if index else []) + self.new_value_labels() + self.value() + self.new_value_labels()
        if self.on("faults", 1):
            tokens.insert(self.dice.randrange(len(tokens)), self.dice.choice([";", ",", "<", "}", "1", "&", "]", "/bits/"]))
        return leaf(tokens + [";"])

    # Labels

    def new_labels(self, chance):
        """Labels for a node, taken from those that are wanted."""
        labels = []
        while self.unplaced and self.dice.random() < chance:
            label = self.unplaced.pop()
            self.placed.append(label)
            labels.append(label + ":")
        return labels

    def new_value_labels(self):
        if not self.on("value-labels", 0.15):
            return []
        self.value_label += 1
        return [f"V{self.value_label}:"]

    # Values

    def value(self):
        dice = self.dice
        kinds = [self.cells, self.cells, self.string]
        if self.features["bytes"]:
            kinds.append(self.bytes)
        if self.features["bits"]:
            kinds.append(self.sized)
        if self.features["references"] and self.wanted:
            kinds.append(self.path_reference)
        if self.features["incbin"]:
            kinds.append(self.incbin)
        return dice.choice(kinds)()

    def cells(self):
        tokens = ["<"]
        for _ in range(self.dice.choice([0, 1, 2, 3, 8])):
            tokens += self.new_value_labels()
            if self.on("references", 0.4) and self.wanted:
                tokens.append("&" + self.dice.choice(self.wanted))
            elif self.plugin and self.on("references", 0.4):
                tokens.append(self.dice.choice(["&U0", "&U1", "&U3"]))
            elif not self.plugin and self.on("paths", 0.1):
                tokens.append("&{/}")
            else:
                tokens.append(self.number(32))
        return tokens + self.new_value_labels() + [">"]

    def sized(self):
        bits = self.dice.choice([8, 16, 32, 64])
        tokens = ["/bits/", self.dice.choice([str(bits), hex(bits), oct(bits).replace("o", "")]), "<"]
        for _ in range(self.dice.choice([0, 1, 3])):
            tokens += self.new_value_labels() + [self.number(bits)]
        return tokens + [">"]

    def bytes(self):
        tokens = ["["]
        for _ in range(self.dice.choice([0, 1, 2, 6])):
            tokens += self.new_value_labels()
            tokens.append("".join(self.dice.choice("0123456789abcdefABCDEF") for _ in range(2)))
        return tokens + ["]"]

    def string(self):
        text = ""
        for _ in range(self.dice.choice([0, 1, 3, 10])):
            if self.on("strings", 0.4):
                text += self.dice.choice(ESCAPES)
            else:
                text += self.dice.choice("abc XYZ019,-/*{};:<>[]&#'\t\n\x80\xff")
        return ['"' + text + '"']

    def path_reference(self):
        if not self.plugin and self.on("paths", 0.2):
            return [self.dice.choice(["&{/}", "&{//}"])]
        return ["&" + self.dice.choice(self.wanted)]

    def incbin(self):
        name = f"data{len(self.binaries)}.bin"
        content = bytes(self.dice.randrange(256) for _ in range(self.dice.choice([0, 1, 20])))
        self.binaries[name] = content
        tokens = ["/incbin/", "(", f'"{name}"']
        if content and self.dice.random() < 0.5:
            first = self.dice.randrange(len(content))
            tokens += [",", str(first), ",", str(self.dice.randint(0, len(content) - first))]
        return tokens + [")"]

    # Numbers

    def number(self, bits):
        """A primary that fits the width."""
        if self.on("characters", 0.1):
            return self.dice.choice(["'a'", "'\\n'", "'\\0'", "'\\xff'", "'\\''", "'\"'", "' '", "'\\101'"])
        if self.on("expressions", 0.4):
            if self.dice.random() < 0.2:
                # All ones above the width is in range too.
                return f"(-{self.dice.randint(1, 1 << (bits - 1))})"
            expression = self.expression(self.dice.choice([1, 2, 4]))
            return f"({expression})" if bits == 64 else f"(({expression}) & {(1 << bits) - 1:#x})"
        return self.literal(bits)

    def literal(self, bits):
        value = self.dice.choice([0, 1, 7, 8, 9, (1 << bits) - 1, self.dice.randrange(1 << bits)])
        text = self.dice.choice([str(value), f"{value:#x}", f"0X{value:X}", f"0{value:o}", f"0x000{value:x}"])
        if self.on("suffixes", 0.2):
            text += self.dice.choice(["U", "L", "UL", "LL", "ULL"])
        return text

    def expression(self, depth):
        dice = self.dice
        if depth == 0 or dice.random() < 0.2:
            return self.literal(dice.choice([3, 8, 32, 64]))
        kind = dice.random()
        if kind < 0.1:
            parts = [self.expression(depth - 1) for _ in range(3)]
            return f"({parts[0]}) ? {parts[1]} : {parts[2]}"
        if kind < 0.3:
            return f"{dice.choice('-~!')}{dice.choice(['', ' '])}({self.expression(depth - 1)})"
        if kind < 0.4:
            divisor = 0 if self.on("faults", 1) else dice.randint(1, 99)
            return f"({self.expression(depth - 1)}) {dice.choice('/%')} {divisor}"
        left, right = self.expression(depth - 1), self.expression(depth - 1)
        if dice.random() < 0.4:
            left = f"({left})"
        if dice.random() < 0.4:
            right = f"({right})"
        blank = dice.choice(["", " ", " "])
        return f"{left}{blank}{dice.choice(BINARY)}{blank}{right}"


def leaf(tokens):
    return Piece(tokens, None, [], None)


def generate(seed, index):
    """The tree of a seed and an index."""
    return Generator(seed, index).tree()


def main():
    parser = argparse.ArgumentParser(description="Devicetree sources made at random from a seed.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--verify", action="store_true", help="count what dtc says of them")
    parser.add_argument("--print", type=int, metavar="INDEX", help="print one")
    options = parser.parse_args()
    if options.print is not None:
        tree = generate(options.seed, options.print)
        sys.stdout.buffer.write(tree.rendered())
        for name, content in sorted(tree.files().items()):
            sys.stdout.buffer.write(b"\n// %s\n%s" % (name.encode(), content))
        return
    said = collections.Counter()
    for index in range(options.count if options.verify else 0):
        with tempfile.TemporaryDirectory(prefix="dtheap-random-") as scratch:
            tree = generate(options.seed, index)
            (pathlib.Path(scratch) / "tree.dts").write_bytes(tree.rendered())
            for name, content in tree.files().items():
                (pathlib.Path(scratch) / name).write_bytes(content)
            done = subprocess.run(["dtc", "-q", "-O", "dtb", "-o", "tree.dtb", "tree.dts"], cwd=scratch,
                                  capture_output=True, check=False)  # fmt: skip
            message = done.stderr.decode(errors="replace").split("\n")[0]
            said["accepted" if done.returncode == 0 else message.split(" ", 1)[-1][:70]] += 1
    for message, count in said.most_common():
        print(f"{count:6} {message}")


if __name__ == "__main__":
    main()
