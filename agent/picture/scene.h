#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vigil::agent {

// A picture as what is on it, in units that are pixels at scale 1, from the top left corner. Two
// writers make files of it: svg_text() and Painter.

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend bool operator==(const Colour&, const Colour&) = default;
};

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  double radius = 0;  ///< of its corners
  Colour colour;
};

enum class Weight : std::uint8_t { regular, bold };
enum class Anchor : std::uint8_t { left, middle, right };

/// One line of text, in any script.
struct TextRun {
  double x = 0;  ///< of its left end, middle or right end
  double baseline = 0;
  double width = 0;     ///< what it has room for; it was made to fit
  double measured = 0;  ///< how wide it is, where that is known exactly; else 0
  double size = 0;
  Weight weight = Weight::regular;
  Anchor anchor = Anchor::left;
  Colour colour;
  std::string text;
};

using Mark = std::variant<Box, TextRun>;

struct Scene {
  double width = 0;
  double height = 0;
  Colour background;
  std::vector<Mark> marks;
  std::string title;        ///< for who cannot see it
  std::string description;  ///< likewise: what it says, in words
};

/// Fonts by falling preference, for both writers.
inline constexpr std::string_view kFontFamilies =
    "Inter, Noto Sans, DejaVu Sans, Liberation Sans, sans-serif";

}  // namespace vigil::agent
