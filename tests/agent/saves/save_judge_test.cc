#include "agent/saves/save_judge.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

Attribution vim(How how = How::side_file) {
  return {"vim", how, 0.95, {}};
}

TEST_CASE("Without a fact nobody is guessed") {
  CHECK(judge({}) == Judgement{Writer::unknown, WriteReason::no_evidence, 0.3});
}

TEST_CASE("An editor's trace makes a person of it") {
  SaveFacts facts;
  facts.editor = vim();
  CHECK(judge(facts) == Judgement{Writer::human, WriteReason::editor, 0.95});
}

TEST_CASE("An editor that has the file open without having written it is no person") {
  SaveFacts facts;
  facts.editor = Attribution{"vim", How::held, 0.2, {}};
  CHECK(judge(facts) == Judgement{Writer::unknown, WriteReason::no_evidence, 0.2});
}

TEST_CASE("An editor that only runs somewhere has written nothing") {
  SaveFacts facts;
  facts.editor = vim(How::only_editor);
  CHECK(judge(facts).writer == Writer::unknown);
}

TEST_CASE("What replaced a file stands against an editor that has it open") {
  SaveFacts facts;
  facts.editor = vim();
  facts.marked_by_editor = true;
  SECTION("git") {
    facts.by_git = true;
  }
  SECTION("a tool") {
    facts.by_tool = true;
  }
  SECTION("an old time") {
    facts.is_restored = true;
  }
  CHECK(judge(facts).writer == Writer::machine);
}

TEST_CASE("What is unlike a person stands against a file that is open, not against its save") {
  SaveFacts facts;
  facts.editor = vim();
  SECTION("a burst") {
    facts.is_burst = true;
  }
  SECTION("a stream") {
    facts.is_stream = true;
  }
  SECTION("just after a save") {
    facts.is_aftermath = true;
  }
  SECTION("nothing written") {
    facts.is_same = true;
  }
  CHECK(judge(facts).writer == Writer::machine);
  facts.marked_by_editor = true;
  CHECK(judge(facts).writer == Writer::human);
}

TEST_CASE("A file that people seldom open is a machine's unless it is open") {
  SaveFacts facts;
  SECTION("ignored") {
    facts.is_ignored = true;
  }
  SECTION("generated") {
    facts.is_generated = true;
  }
  SECTION("binary") {
    facts.is_binary = true;
  }
  CHECK(judge(facts).writer == Writer::machine);
  facts.editor = vim(How::process);
  CHECK(judge(facts).writer == Writer::machine);
  facts.editor = vim(How::side_file);
  CHECK(judge(facts).writer == Writer::human);
}

TEST_CASE("Beside an AI session nobody is named yet") {
  SaveFacts facts;
  facts.agent_is_live = true;
  CHECK(judge(facts).writer == Writer::unknown);
  facts.editor = vim();
  CHECK(judge(facts) == Judgement{Writer::unknown, WriteReason::agent_live, 0.95});
}

}  // namespace
}  // namespace vigil::agent
