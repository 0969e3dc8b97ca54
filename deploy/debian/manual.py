#!/usr/bin/env python3
"""Turns the command's own help into a manual page.

    osier --experimental-dump-help | manual.py VERSION > osier.1
"""

import json
import sys


def escaped(text):
    """Text that roff does not take for commands."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in ".'" else line for line in text.split("\n"))


def name(one):
    """`--config` or `-h`."""
    return ("--" if one["kind"] == "long" else "-") + one["name"]


def shown(arguments):
    """The arguments that the help shows, without the help itself."""
    return [
        one for one in arguments or []
        if one.get("shouldDisplay", True)
        and not any(part["name"] in ("help", "version") for part in one.get("names", []))
    ]


def synopsis(path, command):
    """`osier send [OPTION]... FILE`."""
    words = [f"\\fB{escaped(' '.join(path))}\\fR"]
    arguments = shown(command.get("arguments"))
    if any(one["kind"] != "positional" for one in arguments):
        words.append("[\\fIOPTION\\fR]...")
    for one in arguments:
        if one["kind"] == "positional":
            word = f"\\fI{escaped(one['valueName'].upper())}\\fR"
            word += "..." if one["isRepeating"] else ""
            words.append(f"[{word}]" if one["isOptional"] else word)
    return " ".join(words)


def described(one):
    """An option or argument and what it means."""
    if one["kind"] == "positional":
        head = f"\\fI{escaped(one['valueName'].upper())}\\fR"
    else:
        head = ", ".join(f"\\fB{escaped(name(part))}\\fR" for part in one["names"])
        if one["kind"] == "option":
            head += f" \\fI{escaped(one['valueName'].upper())}\\fR"
    text = one.get("abstract", "")
    if one.get("defaultValue") is not None:
        text += f" (default: {one['defaultValue']})"
    values = one.get("allValues")
    if values:
        text += f" (one of {', '.join(values)})"
    return [".TP", head, escaped(text or one["valueName"])]


def section(path, command):
    """A subcommand, and those below it."""
    lines = [f".SS {escaped(' '.join(path))}", synopsis(path, command), ".PP",
             escaped(command.get("abstract", ""))]
    if command.get("discussion"):
        lines += [".PP", escaped(command["discussion"])]
    for one in shown(command.get("arguments")):
        lines += described(one)
    for below in command.get("subcommands") or []:
        if below["commandName"] != "help":
            lines += section([*path, below["commandName"]], below)
    return lines


def main():
    version = sys.argv[1]
    command = json.load(sys.stdin)["command"]
    lines = [
        f'.TH OSIER 1 "" "osier {escaped(version)}" "User Commands"',
        ".SH NAME", "osier \\- " + escaped(command["abstract"].rstrip(".").lower()),
        ".SH SYNOPSIS", "\\fBosier\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...",
        ".SH COMMANDS",
    ]
    for one in command["subcommands"]:
        if one.get("shouldDisplay", True) and one["commandName"] != "help":
            lines += section(["osier", one["commandName"]], one)
    lines += [
        ".SH ENVIRONMENT", ".TP", "\\fBOSIER_\\fISECTION\\fB_\\fIKEY\\fR",
        "A setting; beats the configuration file, and is beaten by \\fB\\-\\-set\\fR.",
        ".TP", "\\fBNOTIFY_SOCKET\\fR, \\fBWATCHDOG_USEC\\fR",
        "As set by systemd; see \\fBsd_notify\\fR(3).",
        ".SH FILES", ".TP", "\\fI/etc/osier/\\fRINSTANCE\\fI.yaml\\fR",
        "The settings of the unit \\fBosier@\\fRINSTANCE; all keys are in",
        "\\fI/usr/share/doc/osier/examples/osier.yaml\\fR.",
        ".TP", "\\fI/var/lib/osier/\\fRINSTANCE", "Its journal and checkpoints.",
        ".SH EXIT STATUS",
        "0 done; 1 it failed; 64 wrong usage; 78 wrong configuration; 130 interrupted.",
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
