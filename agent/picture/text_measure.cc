#include "agent/picture/text_measure.h"

#include <algorithm>
#include <vector>

namespace vigil::agent {
namespace {

constexpr std::string_view kEllipsis = "\u2026";
constexpr std::string_view kReplacement = "\uFFFD";

/// Nobody sees more of a text than this many characters.
constexpr std::size_t kShownMax = 300;

struct Letter {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool is_valid = true;
};

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

Letter letter_at(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (lead < 0x80) return {lead, 1, lead >= 0x20 && lead != 0x7F};
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {0, 1, false};
  auto code = static_cast<char32_t>(lead & (0x7FU >> bytes));
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return {0, 1, false};
    code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_sound =
      code >= kLeast[bytes] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  // C1 controls, and what turns the direction of text that comes after it.
  const bool is_control = (code >= 0x80 && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
                          (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029;
  return {code, bytes, is_sound && !is_control};
}

/// Belongs to the letter before it: accents, vowel signs, variation selectors, skin tones, joiners.
bool continues_letter(char32_t code) {
  const auto within = [code](char32_t first, char32_t last) {
    return code >= first && code <= last;
  };
  return within(0x300, 0x36F) || within(0x483, 0x489) || within(0x591, 0x5C7) ||
         within(0x610, 0x61A) || within(0x64B, 0x65F) || within(0x900, 0x903) ||
         within(0x93A, 0x94F) || within(0xE31, 0xE3A) || within(0x1AB0, 0x1AFF) ||
         within(0x20D0, 0x20FF) || within(0xFE00, 0xFE0F) || within(0x1F3FB, 0x1F3FF) ||
         within(0xE0020, 0xE007F) || code == 0x200D;
}

bool is_wide(char32_t code) {
  const auto within = [code](char32_t first, char32_t last) {
    return code >= first && code <= last;
  };
  return within(0x1100, 0x115F) || within(0x2E80, 0xA4CF) || within(0xAC00, 0xD7A3) ||
         within(0xF900, 0xFAFF) || within(0xFE30, 0xFE6F) || within(0xFF00, 0xFF60) ||
         within(0x1F000, 0x1FAFF) || within(0x20000, 0x3FFFF);
}

/// Sound text of at most kShownMax letters, and where it may be cut.
struct Cuttable {
  std::string text;
  std::vector<std::size_t> cuts;  ///< ascending, the last one is the end
};

Cuttable cuttable(std::string_view text) {
  Cuttable sound;
  bool joins = false;
  while (!text.empty() && sound.cuts.size() < kShownMax) {
    const Letter letter = letter_at(text);
    if (!joins && !continues_letter(letter.code)) sound.cuts.push_back(sound.text.size());
    joins = letter.code == 0x200D;
    sound.text += letter.is_valid ? text.substr(0, letter.bytes) : kReplacement;
    text.remove_prefix(letter.bytes);
  }
  sound.cuts.push_back(sound.text.size());
  return sound;
}

}  // namespace

double EstimatedMeasure::width_of(std::string_view text, double size, Weight weight) {
  double ems = 0;
  while (!text.empty()) {
    const Letter letter = letter_at(text);
    ems += continues_letter(letter.code) ? 0 : is_wide(letter.code) ? 1 : 0.68;
    text.remove_prefix(letter.bytes);
  }
  return ems * size * (weight == Weight::bold ? 1.08 : 1);
}

std::string fitted(std::string_view text, double width, double size, Weight weight,
                   TextMeasure& measure) {
  Cuttable sound = cuttable(text);
  if (measure.width_of(sound.text, size, weight) <= width) return std::move(sound.text);
  const auto shortened = [&](std::size_t end) {
    std::string cut = sound.text.substr(0, end);
    while (cut.ends_with(' ')) cut.pop_back();
    return cut + std::string(kEllipsis);
  };
  const auto too_long = std::ranges::partition_point(sound.cuts, [&](std::size_t end) {
    return measure.width_of(shortened(end), size, weight) <= width;
  });
  return too_long == sound.cuts.begin() ? std::string() : shortened(*std::prev(too_long));
}

}  // namespace vigil::agent
