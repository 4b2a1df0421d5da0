#include "agent/hub/store/stats_query.h"

#include <algorithm>
#include <array>

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, 14> kDimensions{
    "project",    "language", "app",    "model",    "actor",  "machine", "source",
    "tool_class", "session",  "branch", "category", "entity", "day",     "hour"};

}  // namespace

std::string_view name_of(Dimension dimension) {
  return kDimensions.at(static_cast<std::size_t>(dimension));
}

std::optional<Dimension> dimension_named(std::string_view name) {
  const auto found = std::ranges::find(kDimensions, name);
  if (found == kDimensions.end()) return std::nullopt;
  return static_cast<Dimension>(found - kDimensions.begin());
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
