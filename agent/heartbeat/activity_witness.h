#pragma once

#include "agent/heartbeat/heartbeat.h"
#include "base/time.h"
#include "parser/activity.h"

namespace vigil::agent {

/// Who is told what the logs tell of, as it is read: maybe again after a failure, and of any time.
class ActivityWitness {
 public:
  virtual ~ActivityWitness() = default;
  virtual void saw(const parser::Activity& activity, const Heartbeat& heartbeat, WallTime wall_now,
                   MonoTime now) = 0;
};

}  // namespace vigil::agent
