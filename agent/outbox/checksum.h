#pragma once

#include <cstdint>
#include <string_view>

namespace vigil::agent {

/// 64 bits over `text`, part of the formats of agent.db and the fallback file: tells damaged bytes
/// from sound ones, no defence against forgery. Damage within one aligned word is always found.
[[nodiscard]] std::uint64_t checksum(std::string_view text);

}  // namespace vigil::agent
