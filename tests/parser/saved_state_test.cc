#include "parser/saved_state.h"

#include <catch2/catch.hpp>
#include <string>

#include "parser/codex_calls.h"
#include "parser/codex_session.h"
#include "parser/log_parser.h"

using namespace vigil::parser;

namespace {

OpenCall call_named(std::string id) {
  OpenCall call;
  call.id = std::move(id);
  call.tool = "shell";
  return call;
}

OpenCall& add(OpenCalls& calls, OpenCall call) {
  const auto id = call.id;
  calls.settle(calls.add(std::move(call)));
  auto* kept = calls.find(id);
  REQUIRE(kept != nullptr);
  return *kept;
}

}  // namespace

TEST_CASE("one call more than the bound forgets the oldest that has its answer", "[parser][unit]") {
  OpenCalls calls;
  for (std::size_t i = 0; i < OpenCalls::kCallsMax; ++i) add(calls, call_named(std::to_string(i)));
  calls.find("7")->is_answered = true;
  add(calls, call_named("one more"));
  CHECK(calls.size() == OpenCalls::kCallsMax);
  CHECK(calls.find("7") == nullptr);
  CHECK(calls.find("0") != nullptr);
  add(calls, call_named("two more"));
  CHECK(calls.find("0") == nullptr);
}

TEST_CASE("calls with long paths are forgotten before the state outgrows its bound",
          "[parser][unit]") {
  CodexSession session;
  for (int i = 0; i < 40; ++i) {
    auto call = call_named(std::to_string(i));
    call.files.push_back({std::string(2000, 'p'), {}, PatchKind::update, 1, 1});
    add(session.calls, std::move(call));
    CHECK(session.save().size() <= kStateMax);
  }
  CHECK(session.calls.size() < 40);
  CHECK(session.calls.find("39") != nullptr);
}

TEST_CASE("a call too large to keep is forgotten at once", "[parser][unit]") {
  OpenCalls calls;
  auto& call = calls.add(call_named("huge"));
  call.read_path.assign(OpenCalls::kBytesMax, 'p');
  calls.settle(call);
  CHECK(calls.size() == 0);
}

TEST_CASE("a state is restored as it was saved, and equal states have equal bytes",
          "[parser][unit]") {
  CodexSession session;
  session.id = "thread";
  session.model = "m";
  session.total = CodexUsage{1, 2, 3, 4, 5};
  session.reply = {"key", vigil::from_unix_ms(5), {1, 2, 3, 4, 5}, true};
  auto call = call_named("call");
  call.ok = false;
  call.files.push_back({"/a", "/b", PatchKind::erase, 1, 2});
  add(session.calls, std::move(call));
  const auto state = session.save();
  const auto restored = CodexSession::restored(state);
  REQUIRE(restored);
  CHECK(restored->save() == state);

  SECTION("a cut state is refused") {
    for (std::size_t size = 0; size < state.size(); ++size) {
      CHECK_FALSE(CodexSession::restored(std::string_view(state).substr(0, size)));
    }
  }
  SECTION("a state with more behind it is refused") {
    CHECK_FALSE(CodexSession::restored(state + "x"));
  }
  SECTION("a state of another version is refused") {
    auto other = state;
    other[0] = 77;
    CHECK_FALSE(CodexSession::restored(other));
  }
}
