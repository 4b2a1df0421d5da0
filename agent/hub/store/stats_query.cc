#include "agent/hub/store/stats_query.h"

#include <algorithm>
#include <array>

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, kDimensions> kNames{
    "project",    "language",    "app",    "model",    "actor",  "machine", "source",
    "tool_class", "session",     "branch", "category", "entity", "os",      "action",
    "tool",       "entity_type", "day",    "week",     "month",  "weekday", "hour"};

constexpr std::array<std::string_view, 3> kPresets{"vigil", "wakatime", "wakapi"};

}  // namespace

std::string_view name_of(Dimension dimension) {
  return kNames.at(static_cast<std::size_t>(dimension));
}

std::optional<Dimension> dimension_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Dimension>(found - kNames.begin());
}

std::string_view name_of(Preset preset) {
  return kPresets.at(static_cast<std::size_t>(preset));
}

std::optional<Preset> preset_named(std::string_view name) {
  const auto found = std::ranges::find(kPresets, name);
  if (found == kPresets.end()) return std::nullopt;
  return static_cast<Preset>(found - kPresets.begin());
}

Figures& Figures::operator+=(const Figures& other) {
  heartbeats += other.heartbeats;
  tokens.input += other.tokens.input;
  tokens.cache_read += other.tokens.cache_read;
  tokens.cache_write += other.tokens.cache_write;
  tokens.output += other.tokens.output;
  tokens.reasoning += other.tokens.reasoning;
  human += other.human;
  agent += other.agent;
  united += other.united;
  return *this;
}

}  // namespace vigil::agent
