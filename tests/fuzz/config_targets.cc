#include <string>
#include <utility>
#include <vector>

#include "agent/config/config_edit.h"
#include "agent/config/load_config.h"
#include "agent/config/log_roots.h"
#include "agent/config/toml_document.h"
#include "base/check.h"
#include "tests/fuzz/targets.h"

namespace vigil::fuzz {

/// A valid file stays valid when one more setting is put into it (or says that key twice, which is
/// found by reading it), and the setting is what was put.
void config_file(std::string_view text) {
  const auto config = agent::parse_config(text);
  if (!config) {
    check(!config.error().message.empty());
    return;
  }
  check(config->sinks.size() <= agent::kSinksMax);
  const std::string edited = agent::with_setting(text, "delivery.capacity", "123");
  if (const auto changed = agent::parse_config(edited)) {
    check(changed->delivery.capacity == 123);
    check(changed->source == config->source);
  } else {
    // Said in another form than `key = value`: with_setting()'s own exception.
    check(changed.error().code == Errc::malformed);
  }
  const std::string quoted = agent::with_setting("", "source", agent::toml_quoted(text));
  const auto entries = agent::read_toml(quoted);
  check(entries.has_value() && entries->size() == 1);
  check(std::get<std::string>((*entries)[0].value) == text || text.size() > agent::kConfigMax / 8);
}

void config_environment(std::string_view bytes) {
  Input input(bytes);
  agent::Environment environment;
  environment.directory = "/work";
  environment.hostname = "host";
  while (!input.rest().empty()) {
    const std::string_view entry = input.piece();
    const std::size_t equals = std::min(entry.find('='), entry.size());
    environment.variables.emplace(entry.substr(0, equals),
                                  entry.substr(std::min(equals + 1, entry.size())));
  }
  const auto paths = agent::find_paths(environment, "");
  if (!paths) return;
  check(paths->state_dir.starts_with('/') && paths->config_file.starts_with('/'));
  const auto loaded = agent::layer_config("", *paths, environment, {});
  if (!loaded) {
    check(loaded.error().code == Errc::malformed);
    return;
  }
  for (const auto& root : agent::claude_roots(loaded->config, environment, *paths)) {
    check(root.starts_with('/'));
  }
  (void)agent::codex_roots(loaded->config, environment, *paths);
}

}  // namespace vigil::fuzz
