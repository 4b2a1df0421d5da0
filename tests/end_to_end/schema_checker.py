"""Checks JSON against the part of JSON Schema that agent/hub/openapi.json uses, and nothing else: a keyword that is
not known here is an error, so that no rule is passed over."""
import datetime
import re

ANNOTATIONS = {"description", "summary"}
KNOWN = ANNOTATIONS | {"$ref", "type", "enum", "const", "pattern", "format", "minimum", "maximum", "properties", "required",
                       "additionalProperties", "items"}


def _is_type(value, name):
    if name in ("number", "integer"):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and (name == "number" or float(value).is_integer())
    return isinstance(value, {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}[name])


def _has_format(text, name):
    try:
        if name == "date":
            return str(datetime.date.fromisoformat(text)) == text
        if name == "date-time":
            return text.endswith("Z") and datetime.datetime.fromisoformat(text[:-1]) is not None
    except ValueError:
        return False
    raise AssertionError(f"the format {name} is not known to this checker")


class Checker:
    def __init__(self, document):
        self.document = document

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def problems(self, value, schema, at="$"):
        """What is wrong with the value, a line each."""
        unknown = set(schema) - KNOWN
        if unknown:
            raise AssertionError(f"{at}: keywords that this checker does not know: {unknown}")
        schema = self.resolve(schema)
        if "const" in schema and value != schema["const"]:
            yield f"{at}: is {value!r}, not {schema['const']!r}"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at}: {value!r} is none of {schema['enum']}"
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(_is_type(value, kind) for kind in kinds):
            yield f"{at}: {value!r} is no {kinds}"
            return
        if isinstance(value, str):
            if "pattern" in schema and not re.search(schema["pattern"], value):
                yield f"{at}: {value!r} does not match {schema['pattern']}"
            if "format" in schema and not _has_format(value, schema["format"]):
                yield f"{at}: {value!r} is no {schema['format']}"
        elif isinstance(value, dict):
            yield from self._object_problems(value, schema, at)
        elif isinstance(value, list) and "items" in schema:
            for index, entry in enumerate(value):
                yield from self.problems(entry, schema["items"], f"{at}[{index}]")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                yield f"{at}: {value!r} is out of bounds"

    def _object_problems(self, value, schema, at):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{at}: {name} is missing"
        for name, entry in value.items():
            if name in properties:
                yield from self.problems(entry, properties[name], f"{at}.{name}")
            elif schema.get("additionalProperties", True) is False:
                yield f"{at}: {name} is not described"
