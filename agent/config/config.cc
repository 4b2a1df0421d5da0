#include "agent/config/config.h"

#include <utility>

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
          .proxy = {},
          .hide = {}};
}

ProjectRules project_rules(const Config& config) {
  ProjectRules rules;
  rules.submodules = config.projects.submodules;
  for (const std::string& text : config.projects.map) {
    if (auto folder = parse_mapped_folder(text)) rules.map.push_back(std::move(*folder));
  }
  for (const std::string& text : config.projects.aliases) {
    if (auto alias = parse_project_alias(text)) rules.aliases.push_back(std::move(*alias));
  }
  return rules;
}

}  // namespace vigil::agent
