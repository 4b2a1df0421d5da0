#include "agent/terminal/printable.h"

#include <array>
#include <optional>

namespace vigil::agent {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};

/// The code point at the beginning of `text`, which is not empty; nothing when it is not UTF-8
/// (overlong forms, surrogates and values beyond U+10FFFF are not).
std::optional<CodePoint> decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return CodePoint{first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return std::nullopt;
  char32_t value = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return std::nullopt;
    value = (value << 6U) | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[length] || value > 0x10ffff || surrogate) return std::nullopt;
  return CodePoint{value, length};
}

/// Controls (C0, DEL, C1), line separators, direction marks and overrides, invisible joiners that
/// can hide in a name, and the byte order mark.
bool is_unsafe(char32_t value) {
  return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0xad || value == 0x61c ||
         (value >= 0x200b && value <= 0x200f) || (value >= 0x2028 && value <= 0x202e) ||
         (value >= 0x2060 && value <= 0x206f) || value == 0xfeff ||
         (value >= 0xfff9 && value <= 0xfffb) || (value >= 0xe0000 && value <= 0xe0fff);
}

void append_hex(std::string& out, char32_t value, int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out += kDigits[(value >> static_cast<unsigned>(shift)) & 15U];
  }
}

void append_escape(std::string& out, char32_t value) {
  if (value < 0x80) {
    append_hex(out += "\\x", value, 2);
  } else if (value < 0x10000) {
    append_hex(out += "\\u", value, 4);
  } else {
    append_hex(out += "\\U", value, 8);
  }
}

std::size_t width_of(char32_t value) {
  const bool combining = (value >= 0x300 && value <= 0x36f) || (value >= 0xfe00 && value <= 0xfe0f);
  if (combining) return 0;
  const bool wide = (value >= 0x1100 && value <= 0x115f) || (value >= 0x2e80 && value <= 0xa4cf) ||
                    (value >= 0xac00 && value <= 0xd7a3) || (value >= 0xf900 && value <= 0xfaff) ||
                    (value >= 0xfe30 && value <= 0xfe6f) || (value >= 0xff00 && value <= 0xff60) ||
                    (value >= 0x1f300 && value <= 0x1faff) ||
                    (value >= 0x20000 && value <= 0x3fffd);
  return wide ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = decode(text);
    if (!point) {
      append_hex(out += "\\x", static_cast<unsigned char>(text.front()), 2);
      text.remove_prefix(1);
      continue;
    }
    if (is_unsafe(point->value)) {
      append_escape(out, point->value);
    } else {
      out += text.substr(0, point->length);
    }
    text.remove_prefix(point->length);
  }
  return out;
}

std::size_t columns_of(std::string_view printable_text) {
  std::size_t columns = 0;
  while (!printable_text.empty()) {
    const auto point = decode(printable_text);
    columns += point ? width_of(point->value) : 1;
    printable_text.remove_prefix(point ? point->length : 1);
  }
  return columns;
}

std::string format_count(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string format_span(std::int64_t seconds) {
  if (seconds < 60) return std::to_string(seconds) + "s";
  const std::int64_t minutes = seconds / 60;
  if (minutes < 60) return std::to_string(minutes) + "m";
  return std::to_string(minutes / 60) + "h " + std::to_string(minutes % 60) + "m";
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && bytes >= 1024 * 1024) {
    bytes /= 1024;
    ++unit;
  }
  const std::uint64_t tenths = bytes * 10 / 1024;
  std::string out = std::to_string(tenths / 10);
  if (tenths < 1000) (out += '.') += std::to_string(tenths % 10);
  return (out += ' ') += kUnits[unit];
}

}  // namespace vigil::agent
