#include "agent/config/config.h"

namespace vigil::agent {

bool wants_embedded_hub(const Config& config) {
  if (config.hub.embedded == EmbeddedHub::automatic) return config.sinks.empty();
  return config.hub.embedded == EmbeddedHub::always;
}

SinkConfig embedded_sink(const Config& config, std::string url) {
  return {.name = "embedded",
          .type = "hub",
          .url = std::move(url),
          .timer = config.delivery.timer.value_or(kLoopbackTimer),
          .capacity = config.delivery.capacity,
          .ca_file = config.delivery.ca_file,
          .proxy = {}};
}

}  // namespace vigil::agent
