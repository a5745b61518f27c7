#!/usr/bin/env python3
"""Writes the manual page of dtheap from its own description of its commands.

    dtheap --experimental-dump-help > help.json; scripts/manual.py help.json > dtheap.1
"""

import json
import sys


def escaped(text):
    """Text for roff: nothing in it is taken as a request."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in lines)


def spelled(name):
    return {"long": "--", "short": "-", "longWithSingleDash": "-"}[name["kind"]] + name["name"]


def heading(argument):
    """What stands left of an argument's description."""
    if argument["kind"] == "positional":
        return "\\fI" + escaped(argument.get("valueName", "argument")) + "\\fR"
    names = ", ".join("\\fB" + escaped(spelled(name)) + "\\fR" for name in argument.get("names", []))
    if argument["kind"] == "option":
        names += " \\fI" + escaped(argument.get("valueName", "value")) + "\\fR"
    return names


def describe(argument):
    text = [part for part in (argument.get("abstract"), argument.get("discussion")) if part]
    if argument.get("allValues"):
        text.append("One of: " + ", ".join(argument["allValues"]) + ".")
    if argument.get("defaultValue"):
        text.append("Default: " + argument["defaultValue"] + ".")
    return escaped("\n".join(text)) or "\\&"


def write_arguments(command, known, out):
    for argument in command.get("arguments", []):
        if not argument.get("shouldDisplay", True):
            continue
        names = tuple(spelled(name) for name in argument.get("names", []))
        if names and names in known:
            continue
        if names:
            known = known | {names}
        out.append(".TP\n" + heading(argument) + "\n" + describe(argument))
    return known


def write_command(command, prefix, known, out):
    name = (prefix + " " + command["commandName"]).strip()
    out.append(".SS " + escaped(name) + "\n" + escaped(command.get("abstract", "")))
    if command.get("discussion"):
        out.append(".PP\n.nf\n" + escaped(command["discussion"]) + "\n.fi")
    write_arguments(command, known, out)
    for child in command.get("subcommands", []):
        if child["commandName"] != "help":
            write_command(child, name, known, out)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        tool = json.load(file)["command"]
    name = tool["commandName"]
    out = [
        '.TH %s 1 "" "%s" "User commands"' % (name.upper(), name),
        ".SH NAME\n%s \\- %s" % (name, escaped(tool.get("abstract", "").rstrip("."))),
        ".SH SYNOPSIS\n\\fB%s\\fR \\fIcommand\\fR [\\fIoptions\\fR] \\fIfile\\fR ..." % name,
    ]
    if tool.get("discussion"):
        out.append(".SH DESCRIPTION\n" + escaped(tool["discussion"]))
    out.append(".SH OPTIONS")
    known = write_arguments(tool, frozenset(), out)
    out.append(".SH COMMANDS")
    for command in tool.get("subcommands", []):
        if command["commandName"] != "help":
            write_command(command, "", known, out)
    out.append(
        ".SH EXIT STATUS\n"
        ".TP\n0\nDone, and the answer is yes: no error, everything placed, the plan fits, nothing differs.\n"
        ".TP\n1\nDone, and the answer is no: error findings, a region not placed, a plan that does not fit, a difference.\n"
        ".TP\n2\nNot done: bad usage, a file that cannot be read, output that cannot be written."
    )
    print("\n".join(out))


if __name__ == "__main__":
    main()
