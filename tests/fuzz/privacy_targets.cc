#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat_json.h"
#include "agent/privacy/path_rules.h"
#include "agent/privacy/pause_book.h"
#include "agent/privacy/redaction.h"
#include "base/check.h"
#include "tests/fuzz/targets.h"

namespace vigil::fuzz {
namespace {

void try_pattern(const std::string& pattern, std::string_view path) {
  const auto rules = agent::PathRules::make(std::vector{pattern}, {});
  if (!rules) {
    check(rules.error().code == Errc::malformed);
    return;
  }
  if (const auto why = rules->excluding(path)) check(*why == pattern);
  check(!agent::PathRules::make(std::vector{pattern}, std::vector{pattern})->excluding(path));
}

/// What a book says of itself reads as the same book, and an open pause ends when it is ended.
void try_pauses(std::string_view text) {
  auto book = agent::PauseBook::parse(text);
  if (!book) return;
  check(agent::PauseBook::parse(book->text())->pauses() == book->pauses());
  constexpr WallTime kNow{milliseconds{1'800'000'000'000}};
  book->pause(kNow, std::nullopt);
  const WallTime since = book->pauses().back().since;
  check(book->covers(since));
  check(agent::PauseBook::parse(book->text()).has_value());
}

/// No part of a hidden name is in what goes out.
void try_hiding(std::string_view name) {
  constexpr std::string_view kCanary = "canary7b1f";
  agent::Heartbeat heartbeat;
  heartbeat.id = EventId("evt_00000000000000000000");
  heartbeat.entity_type = agent::EntityType::file;
  heartbeat.entity = std::string(name.substr(0, 1024)) + std::string(kCanary) + "/x." + "py";
  heartbeat.project = heartbeat.branch = std::string(kCanary);
  agent::Redaction redaction({true, true, true}, {},
                             [](std::string_view) { return std::string("project-0"); });
  redaction.apply(heartbeat);
  check(!agent::to_json(heartbeat).contains(kCanary));
}

}  // namespace

void privacy_rules(std::string_view bytes) {
  Input input(bytes);
  const std::string pattern(input.piece().substr(0, agent::kPatternMax));
  const std::string_view path = input.piece();
  try_pattern(pattern, path);
  try_hiding(path);
  try_pauses(input.rest());
}

}  // namespace vigil::fuzz
