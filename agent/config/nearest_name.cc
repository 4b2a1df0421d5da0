#include "agent/config/nearest_name.h"

#include <algorithm>
#include <vector>

namespace vigil::agent {
namespace {

// Texts longer than this are no typing mistakes of our names; it bounds the work.
constexpr std::size_t kNameMax = 64;

/// Edit distance with swaps of neighbours (optimal string alignment), row by row.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> names) {
  if (typed.empty() || typed.size() > kNameMax) return {};
  std::size_t best = std::clamp<std::size_t>(typed.size() / 3, 1, 3) + 1;
  std::string_view found;
  for (const std::string_view name : names) {
    const std::size_t away = distance(typed, name);
    if (away < best) {
      best = away;
      found = name;
    }
  }
  return found;
}

std::string suggestion(std::string_view typed, std::span<const std::string_view> names) {
  const std::string_view name = nearest_name(typed, names);
  if (name.empty()) return {};
  return "; did you mean \"" + std::string(name) + "\"?";
}

}  // namespace vigil::agent
