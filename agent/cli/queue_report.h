#pragma once

#include <string>

#include "agent/outbox/outbox_reader.h"
#include "base/json_text.h"

namespace vigil::agent {

/// The queue as members of the object that is being written: `instance`, `files`, `bytes`,
/// `oldest`, `counters`, `sinks`.
void add_queue_members(JsonText& json, const QueueStatus& status);

/// The same for people.
[[nodiscard]] std::string queue_table(const QueueStatus& status);

/// Both lanes of a sink together.
[[nodiscard]] Backlog backlog_of(const SinkStatus& sink);

/// What a sink is doing: `delivered`, `pending`, `sending`, or the condition that its note names.
[[nodiscard]] std::string state_of(const SinkStatus& sink);

}  // namespace vigil::agent
