#pragma once

#include <variant>

#include "agent/hub/correction_request.h"
#include "agent/hub/timecode_events.h"

namespace vigil::agent {

/// What the reader's thread admits and the writer's does.
using StoreChange = std::variant<Correction, UndoneCorrection, TimecodeEvents>;

}  // namespace vigil::agent
