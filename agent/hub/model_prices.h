#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parser/activity.h"

namespace vigil::agent {

/// The month of the list prices that estimates are made with: of the youngest of them. Where each
/// is from says model_prices.inc.
inline constexpr std::string_view kPricesAsOf = "2026-10";

/// What tokens of a model would cost at list prices, in US dollars: an estimate, since nobody's
/// contract is known. Nothing for a model that is not in the list. Computed here; no price is ever
/// asked for or sent anywhere.
[[nodiscard]] std::optional<double> estimated_cost(std::string_view model,
                                                   const parser::Tokens& tokens);

}  // namespace vigil::agent
