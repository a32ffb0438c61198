#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what our connectors send to LINE and WhatsApp against the vendors' own descriptions.

Usage: PEERDESK_VENDOR_SPECS=FOLDER checkdescriptions.py PROGRAM...  Runs each test program with PEERDESK_VENDOR_TRACE set,
then checks every request that the simulators wrote down. Exit status 77 = skipped: the descriptions
or the YAML reader are not here.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

SKIPPED = 77
# What the descriptions get wrong or do not know yet, with the reason.
WHATSAPP_NEWER = {"recipient": "business-scoped user ids are newer than the description",
                  "biz_opaque_callback_data": "named in the documents, missing in the description"}
WHATSAPP_TYPES_NEWER = {"cta_url": "link buttons are missing in the description"}
IGNORED_PATTERNS = {"^[2-6, 11-14]$"}  # of a button's place, which begins with 0 in the documents


class Checker:
    def __init__(self, document):
        self.document = document

    def resolved(self, schema):
        while "$ref" in schema:
            node = self.document
            for part in schema["$ref"].lstrip("#/").split("/"):
                node = node[part]
            schema = node
        return schema

    def properties_of(self, schema):
        """All that is known of an object, over its allOf."""
        schema = self.resolved(schema)
        known = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            known.update(self.properties_of(part))
        return known

    def check(self, value, schema, path, follow=True):
        schema = self.resolved(schema)
        discriminator = schema.get("discriminator", {})
        if follow and discriminator.get("mapping") and isinstance(value, dict):
            kind = value.get(discriminator["propertyName"])
            target = discriminator["mapping"].get(kind)
            if target is None:
                return [f"{path}: {discriminator['propertyName']} {kind!r} is unknown"]
            return self.check(value, {"$ref": target}, path, follow=False)
        problems = []
        for part in schema.get("allOf", []):
            problems += self.check(value, part, path, follow=False)
        if schema.get("oneOf") and not discriminator:
            found = [self.check(value, part, path) for part in schema["oneOf"]]
            if all(found):
                problems += [f"{path}: none of {len(found)} forms fits"] + min(found, key=len)
        return problems + self.check_value(value, schema, path)

    def check_value(self, value, schema, path):
        kinds = {"object": dict, "array": list, "string": str, "boolean": bool,
                 "integer": int, "number": (int, float)}
        kind = schema.get("type")
        if kind and not isinstance(value, kinds[kind]):
            return [f"{path}: is no {kind}"]
        problems = []
        if "enum" in schema and value not in schema["enum"]:
            problems.append(f"{path}: {value!r} is not one of {schema['enum']}")
        if isinstance(value, str):
            problems += self.check_length(len(value), schema, "Length", path)
            pattern = schema.get("pattern")
            if pattern and pattern not in IGNORED_PATTERNS and not re.search(pattern, value):
                problems.append(f"{path}: {value!r} does not look like {pattern}")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                problems.append(f"{path}: {value} is out of bounds")
        if isinstance(value, list):
            problems += self.check_length(len(value), schema, "Items", path)
            for index, item in enumerate(value):
                problems += self.check(item, schema.get("items", {}), f"{path}[{index}]")
        if isinstance(value, dict):
            for name in schema.get("required", []):
                if name not in value:
                    problems.append(f"{path}: {name} is missing")
            for name, part in schema.get("properties", {}).items():
                if name in value:
                    problems += self.check(value[name], part, f"{path}.{name}")
        return problems

    @staticmethod
    def check_length(length, schema, what, path):
        if length > schema.get(f"max{what}", length) or length < schema.get(f"min{what}", length):
            return [f"{path}: {length} {what.lower()}"]
        return []

    def unknown(self, value, schema, path):
        """Names of the outermost object that the description lacks."""
        schema = self.resolved(schema)
        kind = schema.get("discriminator", {})
        if kind:
            schema = {"$ref": kind["mapping"].get(value.get(kind["propertyName"]), "")} \
                if value.get(kind["propertyName"]) in kind["mapping"] else schema
        known = self.properties_of(schema)
        return [f"{path}: {name} is unknown" for name in value if known and name not in known]


def line_problems(checker, entry):
    path = entry["operation"]
    schema = checker.document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    problems = checker.check(entry["body"], schema["schema"], path)
    problems += checker.unknown(entry["body"], schema["schema"], path)
    for message in entry["body"].get("messages", []):
        problems += checker.unknown(message, {"$ref": "#/components/schemas/Message"},
                                    f"{path} message")
    return problems, None


def whatsapp_problems(checker, entry):
    body = dict(entry["body"])
    kind = body.get("interactive", {}).get("type")
    if kind in WHATSAPP_TYPES_NEWER:
        return [], WHATSAPP_TYPES_NEWER[kind]
    if "recipient" in body and "to" not in body:
        body["to"] = body["recipient"]
    for name in WHATSAPP_NEWER:
        body.pop(name, None)
    if "status" in body:
        body.pop("typing_indicator", None)
        schema = {"$ref": "#/components/schemas/MarkMessageRequestPayload"}
    else:
        schema = {"$ref": "#/components/schemas/Message"}
    return (checker.check(body, schema, "messages") + checker.unknown(body, schema, "messages"),
            None)


VENDORS = {"line": ("line/messaging-api.yml", line_problems),
           "whatsapp": ("whatsapp/business-messaging-api_v23.0.yaml", whatsapp_problems)}


def main():
    specs, programs = os.environ.get("PEERDESK_VENDOR_SPECS", ""), sys.argv[1:]
    try:
        import yaml
    except ImportError:
        print("skipped: no YAML reader")
        return SKIPPED
    files = {name: os.path.join(specs, spec) for name, (spec, _) in VENDORS.items()}
    if not all(os.path.exists(file) for file in files.values()):
        print("skipped: the vendors' descriptions are not here")
        return SKIPPED
    failed = False
    with tempfile.TemporaryDirectory() as trace:
        environment = dict(os.environ, PEERDESK_VENDOR_TRACE=trace, QT_QPA_PLATFORM="offscreen")
        for program in programs:
            subprocess.run([program], env=environment, stdout=subprocess.DEVNULL, check=False,
                           timeout=100)
        for name, (_, problems_of) in VENDORS.items():
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            with open(files[name], encoding="utf-8") as file:
                checker = Checker(yaml.load(file, Loader=loader))
            lines = os.path.join(trace, name + ".jsonl")
            count, newer, kinds = 0, set(), set()
            for text in open(lines, encoding="utf-8") if os.path.exists(lines) else ():
                entry = json.loads(text)
                problems, reason = problems_of(checker, entry)
                count += 1
                kinds.add(entry["operation"])
                newer |= {reason} if reason else set()
                for problem in problems:
                    print(f"{name}: {problem}")
                    failed = True
            print(f"{name}: {count} requests of {len(kinds)} operations held against the "
                  f"description; not checked: {', '.join(sorted(newer)) or 'nothing'}")
            failed = failed or count == 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
