#pragma once

#include <string>
#include <string_view>

#include "agent/picture/scene.h"

namespace vigil::agent {

/// Knows how wide texts are.
class TextMeasure {
 public:
  virtual ~TextMeasure() = default;
  [[nodiscard]] virtual double width_of(std::string_view text, double size, Weight weight) = 0;
  /// Whether that is what a reader will see, not an estimate.
  [[nodiscard]] virtual bool is_exact() const = 0;
};

/// Where no fonts can be asked: wide scripts have a whole em, others what capitals of a wide font
/// need, so that an estimate is rather too wide.
class EstimatedMeasure final : public TextMeasure {
 public:
  [[nodiscard]] double width_of(std::string_view text, double size, Weight weight) override;
  [[nodiscard]] bool is_exact() const override { return false; }
};

/// The text if it fits into `width`, else as much of its beginning as fits with an ellipsis behind
/// it. Cuts between letters, never within one and its accents or joined emoji. What is no UTF-8 or
/// a control character becomes U+FFFD.
[[nodiscard]] std::string fitted(std::string_view text, double width, double size, Weight weight,
                                 TextMeasure& measure);

}  // namespace vigil::agent
