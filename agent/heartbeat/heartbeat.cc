#include "agent/heartbeat/heartbeat.h"

#include <algorithm>
#include <array>

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, 4> kEntityTypes{"file", "app", "domain", "url"};

}  // namespace

std::string_view name_of(EntityType type) {
  return kEntityTypes.at(static_cast<std::size_t>(type));
}

std::optional<EntityType> entity_type_named(std::string_view name) {
  const auto* const found = std::ranges::find(kEntityTypes, name);
  if (found == kEntityTypes.end()) return std::nullopt;
  return static_cast<EntityType>(found - kEntityTypes.begin());
}

}  // namespace vigil::agent
