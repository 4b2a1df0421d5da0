"""A model that says what a script tells it to, behind two APIs on loopback: Anthropic's Messages and OpenAI's Responses.

Enough of both, streaming, for the real command-line tools to hold a conversation with it. What it counted for each request is
the truth that their logs are measured against; it never looks at a log.
"""
import dataclasses
import http.server
import itertools
import json
import threading
import time

PIECE = 40  # characters of a streamed delta
PAUSE = 0.02  # seconds between two


@dataclasses.dataclass(frozen=True)
class Call:
    """A tool that the model asks for: `input` is an object, or a text for tools that take one."""

    tool: str
    input: object


@dataclasses.dataclass(frozen=True)
class Turn:
    """One answer: some text, then perhaps a call, whose result the next turn answers."""

    text: str
    call: Call | None = None


@dataclasses.dataclass(frozen=True)
class Sent:
    """An answer that went out whole, with its tokens (`input` without cache, `reasoning` within `output`)."""

    request_id: str
    api: str
    model: str
    prompt: str | None  # the script's prompt that it belongs to; None: the tool asked on its own account
    tokens: dict


def tokens_of(number, api):
    """Figures that differ from request to request in every kind, so that a sum shows which one is missing or twice."""
    tokens = {"input": 101 + number, "cache_read": 10_007 * number, "cache_write": 2003 + 17 * number, "output": 37 + 5 * number}
    return tokens if api == "messages" else {**tokens, "cache_write": 0}


class ScriptedModel:
    """Serves `script`, {prompt: [Turn, ...]}, until it is closed."""

    def __init__(self, script):
        self.script = script
        self.sent = []
        self.refused = []  # requests of other kinds: (method, path)
        self._numbers = itertools.count(1)
        model = self

        class Handler(_Handler):
            owner = model

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False  # closing waits for answers under way, so that `sent` is whole
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def next_number(self):
        return next(self._numbers)

    def turn(self, said, has_tools):
        """What to answer to `said`, a list of a user's text or None for a tool's result: the turn whose number is that of the
        results since the last scripted prompt. Returns (prompt, turn)."""
        prompt, results = None, 0
        for text in said:
            found = text and next((key for key in self.script if key in text), None)
            if found:
                prompt, results = found, 0
            elif text is None:
                results += 1
        if not has_tools or prompt is None:
            return None, Turn("Fine.")
        turns = self.script[prompt]
        return prompt, turns[results] if results < len(turns) else Turn("That was all.")


def messages_said(request):
    for message in request.get("messages", []):
        if message["role"] != "user":
            continue
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for block in blocks:
            if block["type"] == "text":
                yield block["text"]
            elif block["type"] == "tool_result":
                yield None


def responses_said(request):
    for item in request.get("input", []):
        kind = item.get("type", "message")
        if kind == "message" and item["role"] == "user":
            yield "\n".join(part.get("text", "") for part in item["content"])
        elif kind.endswith("_call_output"):
            yield None


def pieces(text):
    return [text[start:start + PIECE] for start in range(0, len(text), PIECE)]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._refuse()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.split("?")[0]
        if path.endswith("/count_tokens"):
            self._answer_json(200, {"input_tokens": len(body) // 4})
        elif path.endswith("/messages"):
            self._messages(json.loads(body))
        elif path.endswith("/responses"):
            self._responses(json.loads(body))
        else:
            self._refuse()

    def _refuse(self):
        self.owner.refused.append((self.command, self.path))
        self._answer_json(404, {"type": "error", "error": {"type": "not_found_error", "message": "not here"}})

    def _begin(self, status, content_type, request_id=""):
        """One request a connection: its end is the end of the answer."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("request-id", request_id)
        self.send_header("Connection", "close")
        self.end_headers()

    def _answer_json(self, status, value, request_id=""):
        self._begin(status, "application/json", request_id)
        self.wfile.write(json.dumps(value).encode())

    def _event(self, kind, **fields):
        data = json.dumps({"type": kind, **fields}, ensure_ascii=False)
        self.wfile.write(f"event: {kind}\ndata: {data}\n\n".encode())
        self.wfile.flush()

    def _deltas(self, kind, text, fields_of):
        for piece in pieces(text):
            self._event(kind, **fields_of(piece))
            time.sleep(PAUSE)

    # Anthropic Messages

    def _messages(self, request):
        number = self.owner.next_number()
        prompt, turn = self.owner.turn(messages_said(request), bool(request.get("tools")))
        tokens = tokens_of(number, "messages")
        usage = {"input_tokens": tokens["input"], "cache_creation_input_tokens": tokens["cache_write"],
                 "cache_read_input_tokens": tokens["cache_read"], "output_tokens": tokens["output"], "service_tier": "standard"}
        content = [{"type": "text", "text": turn.text}]
        if turn.call:
            content.append({"type": "tool_use", "id": f"toolu_live{number:018d}", "name": turn.call.tool, "input": turn.call.input})
        message = {"id": f"msg_live{number:018d}", "type": "message", "role": "assistant", "model": request["model"],
                   "content": content, "stop_reason": "tool_use" if turn.call else "end_turn", "stop_sequence": None, "usage": usage}
        request_id = f"req_live{number:018d}"
        if request.get("stream"):
            self._begin(200, "text/event-stream", request_id)
            self._stream_message(message)
        else:
            self._answer_json(200, message, request_id)
        self.owner.sent.append(Sent(request_id, "messages", request["model"], prompt, tokens))

    def _stream_message(self, message):
        first_usage = {**message["usage"], "output_tokens": 1}  # the count so far; the last event has the whole
        self._event("message_start", message={**message, "content": [], "stop_reason": None, "usage": first_usage})
        for index, block in enumerate(message["content"]):
            if block["type"] == "text":
                empty, kind, field, text = {**block, "text": ""}, "text_delta", "text", block["text"]
            else:
                empty, kind, field, text = {**block, "input": {}}, "input_json_delta", "partial_json", json.dumps(block["input"])
            self._event("content_block_start", index=index, content_block=empty)
            self._deltas("content_block_delta", text, lambda piece: {"index": index, "delta": {"type": kind, field: piece}})
            self._event("content_block_stop", index=index)
        self._event("message_delta", delta={"stop_reason": message["stop_reason"], "stop_sequence": None}, usage=message["usage"])
        self._event("message_stop")

    # OpenAI Responses

    def _responses(self, request):
        number = self.owner.next_number()
        prompt, turn = self.owner.turn(responses_said(request), bool(request.get("tools")))
        tokens = {**tokens_of(number, "responses"), "reasoning": number}
        total_input = tokens["input"] + tokens["cache_read"]
        usage = {"input_tokens": total_input, "input_tokens_details": {"cached_tokens": tokens["cache_read"]},
                 "output_tokens": tokens["output"], "output_tokens_details": {"reasoning_tokens": tokens["reasoning"]},
                 "total_tokens": total_input + tokens["output"]}
        items = [{"type": "message", "id": f"msg_live{number:018d}", "role": "assistant", "status": "completed",
                  "content": [{"type": "output_text", "text": turn.text, "annotations": []}]}]
        if turn.call:
            items.append(response_call(number, turn.call))
        response = {"id": f"resp_live{number:018d}", "object": "response", "created_at": int(time.time()), "model": request["model"]}
        self._begin(200, "text/event-stream", response["id"])
        self._stream_response(response, items, usage)
        self.owner.sent.append(Sent(response["id"], "responses", request["model"], prompt, tokens))

    def _stream_response(self, response, items, usage):
        self._event("response.created", response={**response, "status": "in_progress", "output": []})
        for index, item in enumerate(items):
            self._event("response.output_item.added", output_index=index, item={**item, "status": "in_progress"})
            if item["type"] == "message":
                text = item["content"][0]["text"]
                self._deltas("response.output_text.delta", text, lambda piece: {
                    "item_id": item["id"], "output_index": index, "content_index": 0, "delta": piece})
            self._event("response.output_item.done", output_index=index, item=item)
        self._event("response.completed", response={**response, "status": "completed", "output": items, "usage": usage})


def response_call(number, call):
    shared = {"call_id": f"call_live{number:018d}", "name": call.tool, "status": "completed"}
    if isinstance(call.input, str):
        return {"type": "custom_tool_call", "id": f"ctc_live{number:018d}", "input": call.input, **shared}
    return {"type": "function_call", "id": f"fc_live{number:018d}", "arguments": json.dumps(call.input), **shared}
