#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::parser::test {

/// Every format of editors' traces behind one face: bytes in, what came out in words.
struct TraceFormat {
  std::string_view name;
  std::string_view fixture;  ///< below tests/fixtures/editors
  std::vector<std::string> (*run)(std::string_view bytes);
};
[[nodiscard]] std::span<const TraceFormat> trace_formats();

/// What is in a fixture, with a person's text added where the recorded file had none.
[[nodiscard]] std::string fixture_of(const TraceFormat& format);

inline constexpr std::string_view kCanary = "CANARY";

}  // namespace vigil::parser::test
