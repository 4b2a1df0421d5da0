#include "agent/hub/page_request.h"

#include <algorithm>
#include <charconv>

namespace vigil::agent {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<std::size_t> limit_in(const Request& request, std::size_t otherwise, std::size_t most) {
  const auto text = request.parameter("limit");
  if (!text) return otherwise;
  const auto number = whole_number(*text);
  if (!number || *number < 1 || static_cast<std::uint64_t>(*number) > most) {
    return fail(Errc::malformed, "limit: from 1 to " + std::to_string(most));
  }
  return static_cast<std::size_t>(*number);
}

Result<std::optional<std::vector<std::int64_t>>> place_in(const Request& request,
                                                          std::size_t count) {
  const auto text = request.parameter("after");
  if (!text) return std::optional<std::vector<std::int64_t>>{};
  std::vector<std::int64_t> numbers;
  std::string_view rest = *text;
  while (!rest.empty() && numbers.size() <= count) {
    const std::size_t end = std::min(rest.find('.'), rest.size());
    const auto number = whole_number(rest.substr(0, end));
    if (!number) break;
    numbers.push_back(*number);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  // Written in one way only, so that nothing is passed over.
  if (numbers.size() != count || place_text(numbers) != *text) {
    return fail(Errc::malformed, "after: not what a page of this route gave as next");
  }
  return std::optional(std::move(numbers));
}

std::string place_text(std::span<const std::int64_t> numbers) {
  std::string text;
  for (const std::int64_t number : numbers) {
    if (!text.empty()) text += '.';
    text += std::to_string(number);
  }
  return text;
}

}  // namespace vigil::agent
