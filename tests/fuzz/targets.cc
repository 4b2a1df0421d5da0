#include "tests/fuzz/targets.h"

#include <array>

namespace vigil::fuzz {

std::span<const Target> targets() {
  static constexpr auto kTargets = std::to_array<Target>({
      {"claude_log", claude_log},
      {"codex_log", codex_log},
      {"parser_state", parser_state},
      {"json_walk", json_walk},
      {"language", language},
      {"editor_traces", editor_traces},
      {"line_splitter", line_splitter},
      {"tailed_file", tailed_file},
      {"zstd_file", zstd_file},
      {"complete_object", complete_object},
      {"heartbeat_json", heartbeat_json},
      {"batch_json", batch_json},
      {"signature_headers", signature_headers},
      {"key_texts", key_texts},
      {"identity_files", identity_files},
      {"http_request", http_request},
      {"ingest", ingest},
      {"registry", registry},
      {"config_file", config_file},
      {"config_environment", config_environment},
      {"control_request", control_request},
      {"fallback_file", fallback_file},
      {"hub_answer", hub_answer},
      {"terminal_text", terminal_text},
      {"project_texts", project_texts},
      {"privacy_rules", privacy_rules},
  });
  return kTargets;
}

}  // namespace vigil::fuzz
