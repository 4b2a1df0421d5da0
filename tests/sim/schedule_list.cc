#include "tests/sim/schedule_list.h"

#include <sstream>
#include <vector>

namespace vigil::sim {
namespace {

constexpr std::string_view kSmall = "small";
constexpr std::string_view kLarge = "large";
constexpr std::string_view kReused = "reused";
constexpr std::string_view kFresh = "fresh";

std::optional<Do> do_of(std::string_view name) {
  for (std::size_t i = 0; i < kDos; ++i) {
    if (name_of(static_cast<Do>(i)) == name) return static_cast<Do>(i);
  }
  return std::nullopt;
}

/// `10 append torn 9f3a`
std::optional<Action> read_action(const std::string& text) {
  std::istringstream in(text);
  std::int64_t at = 0;
  if (!(in >> at)) return std::nullopt;
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  if (words.size() < 2) return std::nullopt;
  std::string name = words.front();
  for (std::size_t i = 1; i + 1 < words.size(); ++i) name += " " + words[i];
  const auto what = do_of(name);
  Action action{.at = std::chrono::milliseconds(at), .what = what.value_or(Do::append), .seed = 0};
  if (!what || !(std::istringstream(words.back()) >> std::hex >> action.seed)) return std::nullopt;
  return action;
}

std::optional<Circumstances> read_circumstances(std::istream& in) {
  Circumstances circumstances;
  std::int64_t timer = 0;
  std::string queue;
  std::string inodes;
  if (!(in >> circumstances.batch_events >> timer >> queue >> inodes)) return std::nullopt;
  if (queue != kSmall && queue != kLarge) return std::nullopt;
  if (inodes != kReused && inodes != kFresh) return std::nullopt;
  circumstances.timer = std::chrono::milliseconds(timer);
  circumstances.has_small_queue = queue == kSmall;
  circumstances.reuses_inodes = inodes == kReused;
  return circumstances;
}

}  // namespace

std::string schedule_line(const Scenario& scenario) {
  const auto& [batch_events, timer, has_small_queue, reuses_inodes] = scenario.circumstances;
  std::ostringstream line;
  line << scenario.seed << ' ' << batch_events << ' ' << timer.count() << ' '
       << (has_small_queue ? kSmall : kLarge) << ' ' << (reuses_inodes ? kReused : kFresh);
  for (const auto& action : scenario.actions) {
    line << "; " << std::dec << action.at.count() << ' ' << name_of(action.what) << ' ' << std::hex
         << action.seed;
  }
  return line.str();
}

std::optional<Scenario> read_schedule(std::string_view line) {
  std::istringstream parts{std::string(line)};
  std::string part;
  std::getline(parts, part, ';');
  std::istringstream head(part);
  Scenario scenario;
  if (!(head >> scenario.seed)) return std::nullopt;
  const auto circumstances = read_circumstances(head);
  if (!circumstances) return std::nullopt;
  scenario.circumstances = *circumstances;
  while (std::getline(parts, part, ';')) {
    const auto action = read_action(part);
    if (!action) return std::nullopt;
    scenario.actions.push_back(*action);
  }
  return scenario;
}

}  // namespace vigil::sim
