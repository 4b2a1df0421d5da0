#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vigil::agent {

/// The name that was probably meant by a mistyped one: at most a third of its letters (and at
/// least one, at most three) inserted, dropped, replaced or swapped. Empty when none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view typed,
                                            std::span<const std::string_view> names);

/// `; did you mean "hub.listen"?`, or nothing.
[[nodiscard]] std::string suggestion(std::string_view typed,
                                     std::span<const std::string_view> names);

}  // namespace vigil::agent
