#pragma once

#include <string>

#include "agent/picture/scene.h"

namespace vigil::agent {

/// An SVG file: no scripts, no styles, nothing from elsewhere.
[[nodiscard]] std::string svg_text(const Scene& scene, double scale = 1);

/// Text for XML, with what XML forbids as U+FFFD.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace vigil::agent
