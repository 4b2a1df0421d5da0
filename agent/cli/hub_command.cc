#include <array>
#include <ostream>

#include "agent/cli/run_command.h"
#include "agent/hub/registry_file.h"
#include "agent/terminal/table.h"
#include "base/encoding.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

std::string registry_path(const CommandContext& context) {
  const std::string& store = context.config().hub.store;
  const std::string folder =
      store.empty() ? context.paths.data_dir : std::string(parent_path(store));
  return join_path(folder, "registry.json");
}

std::string_view name_of(KeyState state) {
  return state == KeyState::active ? "active" : "revoked";
}

Outcome list_sources(const CommandContext& context, const Registry& registry) {
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.hub.sources/1").name("items").begin_list();
    for (const SourceKey& key : registry.keys) {
      json.begin_object().name("source").text(key.source.text());
      json.name("key_id").text(key.key_id).name("state").text(name_of(key.state));
      json.name("key").text(to_base64(key.key));
      json.name("added").text(format_rfc3339(key.added)).end_object();
    }
    context.console.out << std::move(json.end_list().end_object()).take() << '\n';
    return Exit::done;
  }
  Table table({{"source"}, {"key id"}, {"state"}, {"added"}});
  for (const SourceKey& key : registry.keys) {
    table.add_row({key.source.text(), key.key_id, std::string(name_of(key.state)),
                   format_rfc3339(key.added)});
  }
  context.console.out << (table.empty() ? "no sources yet: agent hub allow SOURCE:KEY\n"
                                        : table.text());
  return Exit::done;
}

Outcome list_tokens(const CommandContext& context, const Registry& registry) {
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.hub.tokens/1").name("items").begin_list();
    for (const ReadToken& token : registry.tokens) {
      json.begin_object().name("id").text(token.id).name("name").text(token.name);
      json.name("access").text(name_of(token.access));
      json.name("created").text(format_rfc3339(token.created)).end_object();
    }
    context.console.out << std::move(json.end_list().end_object()).take() << '\n';
    return Exit::done;
  }
  Table table({{"id"}, {"name"}, {"may"}, {"created"}});
  for (const ReadToken& token : registry.tokens) {
    table.add_row(
        {token.id, token.name, std::string(name_of(token.access)), format_rfc3339(token.created)});
  }
  context.console.out << (table.empty() ? "no tokens yet: agent hub token new NAME\n"
                                        : table.text());
  return Exit::done;
}

/// Says what was done: one line, or one object of these members.
void say(const CommandContext& context, const std::string& line,
         std::initializer_list<std::pair<std::string_view, std::string>> members) {
  if (!context.wants_json()) {
    context.console.out << line << '\n';
    return;
  }
  JsonText json;
  json.begin_object().name("schema").text("agent.hub.change/1");
  for (const auto& [name, value] : members) json.name(name).text(value);
  context.console.out << std::move(json.end_object()).take() << '\n';
}

Outcome allow(const CommandContext& context, RegistryFile& file, const std::string& line) {
  std::optional<SourceKey> allowed;
  auto done = file.update([&](Registry& registry) -> Result<void> {
    allowed = VIGIL_TRY(allow_source(registry, line, context.platform.clock.wall_now()));
    return {};
  });
  if (!done && done.error().code == Errc::malformed) {
    return std::unexpected(Failure{Exit::unverified, "bad_key", std::move(done).error().message,
                                   "agent keys public (on the sending machine)"});
  }
  if (!done) return failure_of(std::move(done).error());
  say(context, "allowed " + allowed->source.text() + " (key " + allowed->key_id + ")",
      {{"allowed", allowed->source.text()}, {"key_id", allowed->key_id}});
  return Exit::done;
}

Outcome revoke(const CommandContext& context, RegistryFile& file, const std::string& source) {
  auto done = file.update([&](Registry& registry) -> Result<void> {
    VIGIL_TRY(revoke_source(registry, SourceId(source)));
    return {};
  });
  if (!done) return failure_of(std::move(done).error(), "agent hub sources");
  say(context, "revoked " + source, {{"revoked", source}});
  return Exit::done;
}

Outcome take_unsigned(const CommandContext& context, RegistryFile& file,
                      const HubCommand& command) {
  const bool is_allowed = command.action == HubCommand::Do::allow_unsigned;
  auto done = file.update([&](Registry& registry) -> Result<void> {
    return is_allowed ? allow_unsigned(registry, command.subject)
                      : refuse_unsigned(registry, command.subject);
  });
  if (!done) return failure_of(std::move(done).error(), "agent hub allow-unsigned --help");
  say(context,
      is_allowed ? command.subject + " is taken unsigned from programs on this machine"
                 : command.subject + " is no longer taken unsigned",
      {{is_allowed ? "allowed" : "revoked", command.subject}});
  return Exit::done;
}

Outcome make_token(const CommandContext& context, RegistryFile& file, const std::string& name,
                   Access access) {
  std::array<std::byte, 20> randomness{};
  context.platform.random.fill(randomness);
  std::optional<NewToken> token;
  auto done = file.update([&](Registry& registry) -> Result<void> {
    token =
        VIGIL_TRY(new_token(registry, name, randomness, context.platform.clock.wall_now(), access));
    return {};
  });
  if (!done) return failure_of(std::move(done).error(), "agent hub token list");
  say(context, token->secret,
      {{"id", token->entry.id}, {"name", token->entry.name}, {"token", token->secret}});
  if (!context.wants_json()) {
    context.console.err << "This is shown once. Use it as VIGIL_TOKEN, or with "
                           "`Authorization: Bearer`.\n";
  }
  return Exit::done;
}

Outcome end_token(const CommandContext& context, RegistryFile& file, const std::string& subject) {
  std::optional<ReadToken> ended;
  auto done = file.update([&](Registry& registry) -> Result<void> {
    ended = VIGIL_TRY(revoke_token(registry, subject));
    return {};
  });
  if (!done) return failure_of(std::move(done).error(), "agent hub token list");
  say(context, "revoked " + ended->name, {{"revoked", ended->name}, {"id", ended->id}});
  return Exit::done;
}

}  // namespace

Outcome run_command(const CommandContext& context, const HubCommand& command) {
  const Platform& platform = context.platform;
  RegistryFile file(platform.files, registry_path(context));
  const std::string folder(parent_path(file.path()));
  if (auto made = platform.files.make_directories(folder, 0700); !made) {
    return failure_of(std::move(made).error());
  }
  if (auto made = file.create_if_missing(platform.random); !made) {
    return failure_of(std::move(made).error());
  }
  const auto registry = file.current();
  if (!registry) return failure_of(registry.error());
  switch (command.action) {
    case HubCommand::Do::sources: return list_sources(context, **registry);
    case HubCommand::Do::allow: return allow(context, file, command.subject);
    case HubCommand::Do::revoke: return revoke(context, file, command.subject);
    case HubCommand::Do::token_new:
      return make_token(context, file, command.subject,
                        command.write ? Access::write : Access::read);
    case HubCommand::Do::token_list: return list_tokens(context, **registry);
    case HubCommand::Do::allow_unsigned:
    case HubCommand::Do::refuse_unsigned: return take_unsigned(context, file, command);
    case HubCommand::Do::token_revoke: return end_token(context, file, command.subject);
  }
  return Exit::failed;
}

}  // namespace vigil::agent
