// What the lines of both formats look like, and what each tells. LogWriter's other half,
// log_writer.cc, says what becomes of them.

#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "tests/sim/log_writer.h"

namespace vigil::sim {
namespace {

/// Ids from 16 characters on are unique in the world by themselves.
std::string long_id(std::string_view prefix, std::string_view number) {
  std::string id(prefix);
  id.append(20 - std::min<std::size_t>(20, number.size()), 'a');
  return id.append(number);
}

std::string letters(Dice& dice, std::uint64_t from, std::uint64_t to) {
  return std::string(from + dice.below(to - from + 1), 'x');
}

}  // namespace

WallTime LogWriter::stamp() {
  last_stamp_ = std::max(world_.wall_now(), last_stamp_ + milliseconds(1));
  return last_stamp_;
}

void LogWriter::tell(WrittenLine& line, std::uint64_t event, std::uint32_t revision,
                     StoredRow row) {
  world_.ledger.tell(event, revision, row);
  line.told.push_back({event, revision});
}

WrittenLine LogWriter::next_line(Log& log, Dice& dice) {
  if (log.format == Format::codex) return codex_line(log, dice);
  if (log.open) return claude_more(log, dice);
  switch (dice.below(5)) {
    case 0:
    case 1: return claude_prompt(log, dice);
    case 2: return claude_call(log);
    default: return claude_reply(log, dice);
  }
}

WrittenLine LogWriter::claude_record(const Log& log, WallTime time, const std::string& fields) {
  WrittenLine line;
  line.text = R"({"sessionId":")" + log.session +
              R"(","cwd":"/agent/home/demo","version":"1.0.20","timestamp":")" +
              format_rfc3339(time) + R"(",)" + fields + "}";
  line.session = log.session;
  line.time = time;
  return line;
}

WrittenLine LogWriter::claude_prompt(const Log& log, Dice& dice) {
  const WallTime time = stamp();
  const std::string typed = letters(dice, 1, 60);
  const std::string name = number();
  const bool is_named = !dice.one_in(4);
  auto line =
      claude_record(log, time,
                    (is_named ? R"("uuid":"p-)" + name + R"(",)" : std::string()) +
                        R"("type":"user","message":{"role":"user","content":")" + typed + R"("})");
  const std::string key = is_named ? "p-" + name : log.session + to_hex(sha256(line.text));
  const auto length = static_cast<std::int64_t>(typed.size());
  tell(line, world_.ledger.event("prompt", key, time), 0, {.prompt_length = length});
  return line;
}

/// A line of the open reply, with the tokens counted so far.
WrittenLine LogWriter::claude_reply_line(const Log& log, Dice& dice, WallTime time) {
  const OpenEvent& open = *log.open;
  const std::string request =
      open.request.empty() ? std::string() : R"(,"requestId":")" + open.request + '"';
  auto line = claude_record(
      log, time,
      R"("type":"assistant","uuid":"a-)" + number() + R"(","message":{"role":"assistant",)" +
          R"("model":"m-1","content":[{"type":"text","text":")" + letters(dice, 1, 80) +
          R"("}],"usage":{"input_tokens":5,"output_tokens":)" + std::to_string(open.tokens) +
          R"(},"id":")" + open.key + R"("})" + request);
  tell(line, open.event, open.revision, {.output_tokens = open.tokens});
  return line;
}

WrittenLine LogWriter::claude_reply(Log& log, Dice& dice) {
  const WallTime time = stamp();
  const std::string name = number();
  OpenEvent open{.kind = OpenEvent::Kind::reply,
                 .event = 0,
                 .key = long_id("msg_", name),
                 .request = {},
                 .revision = 0,
                 .tokens = dice.between(1, 50)};
  std::string key = open.key;
  if (dice.one_in(4)) {  // a proxy that counts: only with its request is the message unique
    open.key = "m" + name;
    open.request = "r" + name;
    key = open.key + "+" + open.request;
  }
  open.event = world_.ledger.event("reply", key, time);
  log.open = std::move(open);
  auto line = claude_reply_line(log, dice, time);
  if (dice.one_in(2)) log.open.reset();
  return line;
}

WrittenLine LogWriter::claude_call(Log& log) {
  const WallTime time = stamp();
  OpenEvent open{.kind = OpenEvent::Kind::call,
                 .event = 0,
                 .key = long_id("toolu_", number()),
                 .request = {},
                 .revision = 0,
                 .tokens = 0};
  open.event = world_.ledger.event("call", open.key, time);
  auto line = claude_record(log, time,
                            R"("type":"assistant","uuid":"a-)" + number() +
                                R"(","message":{"role":"assistant",)" +
                                R"("model":"m-1","content":[{"type":"tool_use","id":")" + open.key +
                                R"(","name":"Bash","input":{"command":"ls"}}]})");
  tell(line, open.event, 0, {});
  log.open = std::move(open);
  return line;
}

/// One more line of the open event: a reply grows, a call ends.
WrittenLine LogWriter::claude_more(Log& log, Dice& dice) {
  OpenEvent& open = *log.open;
  const WallTime time = stamp();
  if (open.kind == OpenEvent::Kind::call) {
    auto line = claude_record(
        log, time,
        R"("type":"user","uuid":"t-)" + number() + R"(","message":{"role":"user","content":[)" +
            R"({"type":"tool_result","tool_use_id":")" + open.key + R"(","content":"done"}]})");
    tell(line, open.event, 1, {.ok = 1});
    log.open.reset();
    return line;
  }
  open.tokens += dice.between(1, 50);
  ++open.revision;
  auto line = claude_reply_line(log, dice, time);
  if (open.revision == 3 || dice.one_in(2)) log.open.reset();
  return line;
}

WrittenLine LogWriter::codex_record(WallTime time, const std::string& rest) {
  WrittenLine line;
  line.text = R"({"timestamp":")" + format_rfc3339(time) + R"(",)" + rest + "}";
  line.time = time;
  return line;
}

WrittenLine LogWriter::codex_line(const Log& log, Dice& dice) {
  const WallTime time = stamp();
  const std::string name = number();
  if (log.lines.empty()) {
    auto line = codex_record(
        time,
        R"("type":"session_meta","payload":{"id":")" + log.session + R"(","timestamp":")" +
            format_rfc3339(time) +
            R"(","cwd":"/agent/home/demo","originator":"codex-tui","cli_version":"0.169.0",)" +
            R"("source":"cli"})");
    tell(line, world_.ledger.event("session_start", log.session, time), 0, {});
    return line;
  }
  if (dice.one_in(3)) {
    const std::string typed = letters(dice, 1, 60);
    auto line =
        codex_record(time, R"("type":"event_msg","payload":{"type":"item_completed","item":{)"
                           R"("type":"UserMessage","id":"u-)" +
                               name + R"(","content":[{"type":"text","text":")" + typed +
                               R"(","text_elements":[]}]}})");
    const auto length = static_cast<std::int64_t>(typed.size());
    tell(line, world_.ledger.event("prompt", "u-" + name, time), 0, {.prompt_length = length});
    return line;
  }
  if (dice.one_in(2)) {
    auto line = codex_record(
        time, R"("type":"response_item","payload":{"type":"function_call","name":"exec_command",)"
              R"("arguments":"{\"cmd\": \"ls\"}","call_id":"call_)" +
                  name + R"("})");
    tell(line, world_.ledger.event("call", "call_" + name, time), 0, {});
    return line;
  }
  const auto tokens = dice.between(1, 900);
  auto line = codex_record(
      time, R"("type":"token_usage_record","payload":{"response_id":"resp_)" + name +
                R"(","usage":{"input_tokens":100,"cached_input_tokens":90,)" +
                R"("cache_write_input_tokens":0,"output_tokens":)" + std::to_string(tokens) +
                R"(,"reasoning_output_tokens":0,"total_tokens":)" + std::to_string(tokens + 100) +
                "}}");
  tell(line, world_.ledger.event("reply", "resp_" + name, time), 0, {.output_tokens = tokens});
  return line;
}

}  // namespace vigil::sim
