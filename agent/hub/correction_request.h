#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "agent/hub/store/corrections.h"
#include "base/json_text.h"
#include "base/result.h"

namespace vigil::agent {

/// A correction to be undone, by its id.
struct UndoneCorrection {
  std::int64_t id = 0;
};

/// What somebody wants changed about the corrections in force.
using CorrectionChange = std::variant<Correction, UndoneCorrection>;

/// `{"kind","project","to","from","until"}`, absent where the kind has none. `malformed` begins
/// with the member's name.
[[nodiscard]] Result<Correction> parse_correction(std::string_view body);

/// The same, with `id` and `made_at` of one that was made.
void write_correction(JsonText& json, const Correction& correction);

/// `{"items":[...]}`.
[[nodiscard]] std::string corrections_json(std::span<const Correction> corrections);

}  // namespace vigil::agent
