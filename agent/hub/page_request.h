#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hub/http_message.h"
#include "base/result.h"

namespace vigil::agent {

/// The parameter `limit`: from 1 to `most`. `malformed` names it.
[[nodiscard]] Result<std::size_t> limit_in(const Request& request, std::size_t otherwise,
                                           std::size_t most);

/// The parameter `after`, which a page before gave as `next`: `count` numbers. Nothing where it is
/// absent; `malformed` names it.
[[nodiscard]] Result<std::optional<std::vector<std::int64_t>>> place_in(const Request& request,
                                                                        std::size_t count);

/// A place as place_in() reads it: `1790000000000.17`.
[[nodiscard]] std::string place_text(std::span<const std::int64_t> numbers);

/// A whole number without a sign but that of a negative one; nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace vigil::agent
