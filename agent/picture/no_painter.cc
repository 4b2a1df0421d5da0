// Builds without pictures (VIGIL_CARDS=OFF): SVG is written all the same, by estimated widths.
#include "agent/picture/painter.h"

namespace vigil::agent {

class Painter::Library {};
class Painter::Canvas {};

Painter::Painter(std::unique_ptr<Library> library) : library_(std::move(library)) {}
Painter::~Painter() = default;

Result<std::unique_ptr<Painter>> Painter::load() {
  return fail(Errc::unavailable, "this program was built without PNG pictures");
}

double Painter::width_of(std::string_view text, double size, Weight weight) {
  return EstimatedMeasure().width_of(text, size, weight);
}

bool Painter::has_letters_of(std::string_view /*text*/) {
  return false;
}

Result<std::string> Painter::png(const Scene& /*scene*/, double /*scale*/) {
  return fail(Errc::unavailable, "this program was built without PNG pictures");
}

}  // namespace vigil::agent
