#include "agent/cli/own_identity.h"

#include "agent/cli/hub_access.h"
#include "agent/config/environment.h"
#include "agent/hub/registry_file.h"
#include "crypto/secret_bytes.h"

namespace vigil::agent {

InstallationPlace own_place(const CommandContext& context) {
  return {.config_dir = context.paths.config_dir,
          .source = context.config().source,
          .hostname = context.platform.environment.hostname,
          .seed = context.platform.seed};
}

Result<Identity> own_identity(const CommandContext& context) {
  const Platform& platform = context.platform;
  const InstallationPlace place = own_place(context);
  auto found = load_installation(platform.files, place);
  if (found) return std::move(found->identity);
  if (found.error().code != Errc::not_found) return std::unexpected(std::move(found).error());
  auto identity = VIGIL_TRY(ensure_identity(platform.files, platform.random, place.config_dir,
                                            place.source, place.hostname));
  if (!place.source.empty()) identity.source = SourceId(place.source);
  return identity;
}

Result<void> allow_on_this_machine(const CommandContext& context, const std::string& line) {
  if (remote_hub(context.config())) return {};
  const Platform& platform = context.platform;
  const std::string folder(parent_path(store_path(context)));
  VIGIL_TRY(platform.files.make_directories(folder, 0700));
  RegistryFile registry(platform.files, join_path(folder, "registry.json"));
  VIGIL_TRY(registry.create_if_missing(platform.random));
  VIGIL_TRY(registry.update([&](Registry& content) -> Result<void> {
    VIGIL_TRY(allow_source(content, line, platform.clock.wall_now()));
    return {};
  }));
  VIGIL_TRY(ensure_cli_token(registry, platform.files, context.paths.token_file(), platform.random,
                             platform.clock));
  return {};
}

}  // namespace vigil::agent
