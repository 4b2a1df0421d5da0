#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "parser/activity.h"
#include "parser/log_parser.h"

/// Rollouts as the tests read them: whole files from the fixtures, or lines written by hand.
namespace vigil::parser::test {

/// Identity as it reaches the store: its kind, its key, and the first time the log names it.
using EventKey = std::tuple<IdentityKind, std::string, std::int64_t>;

/// What remains of all activities when the greatest revision of each event wins.
class Ledger {
 public:
  void add(const Activity& activity);

  [[nodiscard]] const std::map<EventKey, Activity>& events() const { return events_; }
  [[nodiscard]] std::map<std::string, Tokens> tokens_by_model() const;
  [[nodiscard]] std::vector<Activity> of(Action action) const;
  [[nodiscard]] std::vector<Activity> calls() const;  ///< tools and files

 private:
  std::map<EventKey, Activity> events_;
};

[[nodiscard]] std::vector<std::filesystem::path> rollouts_of(std::string_view version);
[[nodiscard]] std::string read_file(const std::filesystem::path& path);
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// Parses with the padding that the contract asks for, so that a sanitizer sees a read beyond it.
[[nodiscard]] std::vector<Activity> parse(LogParser& parser, std::string_view line);

[[nodiscard]] Ledger parse_rollouts(std::string_view version);
[[nodiscard]] Ledger parse_text(std::string_view text,
                                std::string_view path = "sessions/2026/01/01/rollout-x.jsonl");

/// Every string of an activity, joined: where a leak would show.
[[nodiscard]] std::string strings_of(const Activity& activity);

/// All of an activity in one line, to compare and to print.
[[nodiscard]] std::string describe(const Activity& activity);

}  // namespace vigil::parser::test
