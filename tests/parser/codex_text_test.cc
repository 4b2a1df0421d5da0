#include "parser/codex_text.h"

#include <catch2/catch.hpp>

#include "parser/codex_prefix.h"

using namespace vigil::parser;

TEST_CASE("a prompt's length is counted in code points as typed", "[parser][unit]") {
  const auto [raw, length] = GENERATE(table<std::string, std::int64_t>({
      {R"("")", 0},
      {R"("abc")", 3},
      {R"("a\n\"b\"")", 5},
      {"\"Лодка\"", 5},
      {R"("\ud83d\ude00!")", 2},
      {R"("\u00e9")", 1},
      {R"("# Context from my IDE setup:\n\nfile\n\n## My request for Codex:\nfix it")", 6},
      {R"("unclosed)", 8},
      {R"("cut \u00)", 5},
  }));
  CHECK(prompt_length(raw) == length);
}

TEST_CASE("messages that Codex writes in the user's name are told apart", "[parser][unit]") {
  CHECK(is_wrapper_text(R"("<environment_context>\n")"));
  CHECK(is_wrapper_text(R"("\n\n<turn_aborted>")"));
  CHECK(is_wrapper_text(R"("# AGENTS.md instructions for /x")"));
  CHECK_FALSE(is_wrapper_text(R"("<div> is broken")"));
}

TEST_CASE("an answer says by its ends how the tool ended", "[parser][unit]") {
  const auto [raw, ok] = GENERATE(table<std::string, std::optional<bool>>({
      {R"("Exit code: 0\nWall time: 0 seconds\nOutput:\n")", true},
      {R"("Chunk ID: 1\nWall time: 0.0 seconds\nProcess exited with code 3\nOutput:\n")", false},
      {R"("{\"output\":\"x\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0.2}}")", true},
      {R"("{\"output\":\"x\",\"metadata\":{\"exit_code\":12,\"duration_seconds\":0.2}}")", false},
      {R"("apply_patch verification failed: ...")", false},
      {R"("Wall time: 3.5 seconds\naborted by user")", false},
      {R"("aborted by user after 4.6s")", false},
      {R"("Script completed\nWall time 0.0 seconds\nOutput:\n")", true},
      {R"("Script failed\nWall time")", false},
      {R"("Process running with session ID 5\nOutput:\nProcess exited with code 1")", std::nullopt},
      {R"("Plan updated")", std::nullopt},
      {R"("ok","other":"Process exited with code 1")", std::nullopt},
      {R"("")", std::nullopt},
  }));
  CHECK(output_success(raw) == ok);
}

TEST_CASE("the head of a line tells what it is, in the usual order only", "[parser][unit]") {
  const auto kind = [](std::string_view line) {
    const auto prefix = scan_codex_prefix(line);
    return prefix ? std::optional(codex_kind(*prefix)) : std::nullopt;
  };
  CHECK(kind(R"({"timestamp":"t","ordinal":12,"type":"compacted","payload":{"message":""}})") ==
        CodexKind::compaction);
  CHECK(
      kind(
          R"({"timestamp":"t","type":"event_msg","payload":{"type":"token_count","info":null}})") ==
      CodexKind::token_total);
  CHECK(
      kind(
          R"({"timestamp":"t","type":"event_msg","payload":{"type":"item_completed","thread_id":"a","turn_id":"b","item":{"type":"FileChange"}}})") ==
      CodexKind::file_change);
  CHECK(kind(R"({"timestamp":"t","type":"response_item","payload":{"type":"message"}})") ==
        CodexKind::ignored);
  CHECK(kind(R"({"timestamp":"t","type":"of the future","payload":{}})") == CodexKind::ignored);
  CHECK(kind(R"({"type":"event_msg","timestamp":"t","payload":{}})") == std::nullopt);
  CHECK(kind(R"({"timestamp":"t\"","type":"event_msg"})") == std::nullopt);
  CHECK(kind("") == std::nullopt);
}
