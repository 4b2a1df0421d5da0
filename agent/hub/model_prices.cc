#include "agent/hub/model_prices.h"

#include <algorithm>
#include <array>

namespace vigil::agent {
namespace {

/// Thousandths of a US dollar per million tokens.
struct Price {
  std::string_view model;
  std::int64_t input;
  std::int64_t cache_read;
  std::int64_t cache_write;
  std::int64_t output;
};

constexpr auto kPrices = std::to_array<Price>({
#include "agent/hub/model_prices.inc"
});

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// `-20251101` or `-2025-08-07`.
bool is_date(std::string_view text) {
  constexpr std::string_view kPlain = "-dddddddd";
  constexpr std::string_view kDashed = "-dddd-dd-dd";
  const auto fits = [text](std::string_view shape) {
    return std::ranges::equal(text, shape,
                              [](char c, char s) { return s == 'd' ? is_digit(c) : c == s; });
  };
  return fits(kPlain) || fits(kDashed);
}

const Price* price_of(std::string_view model) {
  const auto* const found = std::ranges::find_if(kPrices, [model](const Price& price) {
    return model.starts_with(price.model) &&
           (model.size() == price.model.size() || is_date(model.substr(price.model.size())));
  });
  return found == kPrices.end() ? nullptr : found;
}

}  // namespace

std::optional<double> estimated_cost(std::string_view model, const parser::Tokens& tokens) {
  const Price* price = price_of(model);
  if (price == nullptr) return std::nullopt;
  constexpr double kUnit = 1e-9;  // a thousandth of a dollar by a million
  const auto cost = [](std::int64_t count, std::int64_t each) {
    return static_cast<double>(count) * static_cast<double>(each) * kUnit;
  };
  return cost(tokens.input, price->input) + cost(tokens.cache_read, price->cache_read) +
         cost(tokens.cache_write, price->cache_write) + cost(tokens.output, price->output);
}

}  // namespace vigil::agent
