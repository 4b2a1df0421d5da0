#pragma once

#include <memory>
#include <string>

#include "agent/hub/stats_request.h"
#include "agent/picture/painter.h"

namespace vigil::agent {

/// Bounds of a picture's measures, and of its pixels with `scale`.
inline constexpr std::int64_t kPictureLengthMin = 320;
inline constexpr std::int64_t kPictureLengthMax = 4'096;
inline constexpr std::int64_t kPicturePixelsMax = 4'096 * 4'096;
inline constexpr std::size_t kPictureTitleMax = 64;  ///< letters

struct PictureFile {
  std::string type;  ///< of its content
  std::string bytes;
};

/// Cards and badges of what a store holds (docs/formats/http-api.md). Keeps the libraries that it
/// loaded. Not thread-safe: whoever has one makes one picture at a time.
class PictureMaker {
 public:
  /// Parameters: those of a statistic but `by`, and `template`, `theme`, `title`, `format`,
  /// `scale`, `redact`, `w`, `h`. `malformed`: a parameter, which the message begins with;
  /// `unavailable`: a PNG is wanted and pango is not installed; else the store's errors.
  [[nodiscard]] Result<PictureFile> card(HubReader& reader, const Request& request,
                                         const AskedAt& asked);

  /// `human.svg`, `agent.json`, `total.svg`, ...: a kind of time and a form. Parameters: those of a
  /// statistic but `by`, and `label`. `not_found`: no such badge; else as card().
  [[nodiscard]] Result<PictureFile> badge(std::string_view name, HubReader& reader,
                                          const Request& request, const AskedAt& asked);

 private:
  [[nodiscard]] TextMeasure& measure();

  std::unique_ptr<Painter> painter_;  ///< null: not wanted yet, or not to be had
  std::string painter_trouble_;       ///< why it is not to be had
  EstimatedMeasure estimate_;
};

}  // namespace vigil::agent
