#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/picture/scene.h"
#include "agent/picture/text_measure.h"
#include "base/result.h"

namespace vigil::agent {

/// Makes PNG files with cairo, and lays out and measures texts with pango. The libraries are loaded
/// by the first load() and stay until the process ends. Not thread-safe: one per thread, and one
/// thread at a time loads.
class Painter final : public TextMeasure {
 public:
  /// `unavailable`: pango or cairo is not installed.
  [[nodiscard]] static Result<std::unique_ptr<Painter>> load();
  ~Painter() override;

  [[nodiscard]] double width_of(std::string_view text, double size, Weight weight) override;
  [[nodiscard]] bool is_exact() const override { return true; }

  /// Whether some installed font has every letter.
  [[nodiscard]] bool has_letters_of(std::string_view text);

  /// A PNG file of the scene, `scale` times as large, with its title in it. `io` where there is no
  /// memory for it.
  [[nodiscard]] Result<std::string> png(const Scene& scene, double scale);

 private:
  class Library;
  class Canvas;
  explicit Painter(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
  std::unique_ptr<Canvas> measuring_;  ///< a canvas on which nothing is seen
};

}  // namespace vigil::agent
