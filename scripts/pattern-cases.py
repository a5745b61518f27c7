#!/usr/bin/env python3
"""Writes what Python's `re` says of generated patterns, for the tests of the regular expressions of bindings.

    scripts/pattern-cases.py [--seed N] [--count N] [-o FILE]

One JSON array a line: the pattern, and a list of [text, whether `re.search` finds it]; null where `re` refuses the
pattern. The default file is the tests' own; recorded with Python 3.11. A larger count finds what the file has not:

    scripts/pattern-cases.py --seed 7 --count 50000 -o Tests/BindingSchemaTests/Fixtures/patterns.jsonl
    swift test --filter PatternTests
"""

import argparse
import json
import pathlib
import random
import re
import warnings

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHARACTERS = list("abc01-_,@. \nAé") + ["\u212a", "\u0663", "\U0001f600"]
CLASS_ESCAPES = [r"\d", r"\w", r"\s", r"\D", r"\W", r"\S"]
SHAPES = [
    "^{word}(@.*)?$", "^{word}@[0-9a-f]+$", "-{word}$", "^{word},.*", "^(.*-)?{word}s?$", "^{word}$", "{word}",
    "^{word}-[0-9]+$", "@[0-7](,[0-9a-f]+)?$", "^({word}|pin-.+)$", "(?<!,{word})-gpios?$", "^(?!{word}).*-hz$",
    "^{word}[0-9]|1[0-2]$", "(^(?!opp)).*-{word}$", "^[a-z][a-z0-9,+-]{{0,30}}@[0-9a-f]+$", ".*-{word}", "^{word}\\Z",
]  # fmt: skip
WORDS = ["port", "pwm", "i2c", "led-strip", "vdd", "gpio-ranges", "x"]
# What `re` refuses, or what only looks like an operator.
ODD = [
    "(?#c)", "(?P<n>a)", "{", "{,}", "a{1", "a{}", ")", "(", "[", "*", "\\", "a**", "\\q", "(?x:a)", "[b-a]", "(?i)",
    "\\8", "(?", "(?P<1>a)", "(?P<n>a)(?P<n>b)", "a{3,2}", "[\\w-a]", "\\xz", "\\400", "^*", "(?<=a+)b",
]  # fmt: skip


class Generator:
    """Patterns and texts from one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pattern(self):
        if self.random.random() < 0.1:
            return self.random.choice(SHAPES).format(word=self.random.choice(WORDS))
        flags = self.random.choice(["", "", "", "", "", "(?i)", "(?m)", "(?s)", "(?a)", "(?im)"])
        return flags + self.choice(3)

    def choice(self, depth):
        count = 1 if self.random.random() < 0.7 else self.random.randint(2, 3)
        return "|".join(self.sequence(depth) for _ in range(count))

    def sequence(self, depth):
        return "".join(self.repeated(depth) for _ in range(self.random.randint(0, 4)))

    def repeated(self, depth):
        part = self.part(depth)
        if self.random.random() < 0.25:
            part += self.random.choice(
                ["*", "+", "?", "{2}", "{1,2}", "{,2}", "{2,}", "{0}", "*?", "+?", "??", "{1,3}?", "{0,1}"]
            )
        return part

    def part(self, depth):
        kind = self.random.random()
        if kind < 0.4:
            character = self.random.choice(CHARACTERS)
            return re.escape(character) if self.random.random() < 0.8 else character
        if kind < 0.5:
            return "."
        if kind < 0.6:
            return self.scalar_class()
        if kind < 0.68:
            return self.random.choice(CLASS_ESCAPES + [r"\x61", r"\u00e9", r"\t", r"\0", r"\141"])
        if kind < 0.78:
            return self.random.choice(["^", "$", r"\A", r"\Z", r"\b", r"\B"])
        if kind > 0.995:
            return self.random.choice(ODD)
        if depth <= 0:
            return self.random.choice("abc")
        if kind < 0.9:
            opening = self.random.choice(["(", "(?:", "(?:", "(", "(?i:", "(?m:", "(?s:", "(?a:"])
        else:
            opening = self.random.choice(["(?=", "(?!", "(?<=", "(?<!"])
        return opening + self.choice(depth - 2 if "<" in opening else depth - 1) + ")"

    def scalar_class(self):
        text = "[" + ("^" if self.random.random() < 0.3 else "")
        for _ in range(self.random.randint(1, 3)):
            kind = self.random.random()
            if kind < 0.4:
                text += self.random.choice("abcABC01-_@.\n^é]")
            elif kind < 0.7:
                text += "-".join(sorted(self.random.choice("abcxyzABZ019") for _ in range(2)))
            elif kind < 0.9:
                text += self.random.choice(CLASS_ESCAPES + [r"\n", r"\-", r"\]", r"\x41", r"\b", r"\101"])
            else:
                text += self.random.choice("[&|~-")
        return text + "]"

    def text(self, pattern):
        if self.random.random() < 0.2:
            # Near to what the pattern wants: the pattern itself without its operators.
            plain = re.sub(r"[\^$()?*\\]|\[[^]]*\]|\{[^}]*\}", lambda match: match[0][1:2] if match[0][0] == "[" else "", pattern)
            return plain + self.random.choice(["", "\n", "x", "\n\n"])
        length = self.random.randint(0, 9 if self.random.random() < 0.95 else 150)
        return "".join(self.random.choice(CHARACTERS + ["a", "b"] * 3) for _ in range(length))


def verdict(generator, pattern):
    """What `re` says of a pattern on some texts; None where it refuses it."""
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError):
        return None
    texts = [generator.text(pattern) for _ in range(6)]
    return [[text, compiled.search(text) is not None] for text in texts]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1500, help="how many patterns (1500)")
    parser.add_argument("-o", "--output", default=ROOT / "Tests" / "BindingSchemaTests" / "Fixtures" / "patterns.jsonl")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    generator = Generator(options.seed)
    patterns = [generator.pattern() for _ in range(options.count)] + ODD
    lines = [json.dumps([pattern, verdict(generator, pattern)]) + "\n" for pattern in patterns]
    pathlib.Path(options.output).write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main()
