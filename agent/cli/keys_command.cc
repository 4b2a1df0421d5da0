#include <istream>
#include <ostream>

#include "agent/cli/daemon_link.h"
#include "agent/cli/own_identity.h"
#include "agent/cli/run_command.h"
#include "agent/config/environment.h"
#include "agent/config/setting_value.h"
#include "agent/identity/keys.h"
#include "base/encoding.h"
#include "base/json_text.h"
#include "crypto/ed25519.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kKeyFileMax = 256;  // raw, hex or base64, with a line end

struct Signer {
  Identity identity;
  Keys keys;
};

/// A key that does not belong here is a failed verification, not a missing one.
std::unexpected<Failure> key_failure(Error error) {
  if (error.code == Errc::malformed || error.code == Errc::denied) {
    return std::unexpected(
        Failure{Exit::unverified, "key_unusable", std::move(error).message, "agent doctor"});
  }
  return failure_of(std::move(error), "agent init");
}

/// The identity and key files, or what a machine without files was given in its environment.
std::expected<Signer, Failure> load_signer(const CommandContext& context) {
  auto found = load_installation(context.platform.files, own_place(context));
  if (!found) return key_failure(std::move(found).error());
  if (!found->keys) return key_failure(std::move(found->keys).error());
  return Signer{std::move(found->identity), *std::move(found->keys)};
}

std::string line_of(const Signer& signer) {
  return registry_line(signer.identity.source, signer.keys.current.public_key());
}

void print_signer(const CommandContext& context, const Signer& signer) {
  const crypto::PublicKey& key = signer.keys.current.public_key();
  std::string previous;
  if (signer.keys.previous) previous = crypto::key_id(signer.keys.previous->public_key());
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.keys/1");
    json.name("source").text(signer.identity.source.text());
    json.name("machine").text(signer.identity.machine.text());
    json.name("machine_name").text(signer.identity.machine_name);
    json.name("key_id").text(crypto::key_id(key)).name("public_key").text(to_base64(key));
    if (!previous.empty()) json.name("previous_key_id").text(previous);
    json.name("registry_line").text(line_of(signer));
    context.console.out << std::move(json.end_object()).take() << '\n';
    return;
  }
  std::ostream& out = context.console.out;
  out << "source    " << signer.identity.source.text() << '\n'
      << "machine   " << signer.identity.machine.text() << '\n'
      << "key id    " << crypto::key_id(key) << '\n';
  if (!previous.empty()) {
    out << "previous  " << previous << " (signs too; end it with agent keys rotate --drop)\n";
  }
  out << "registry  " << line_of(signer) << '\n';
}

Outcome export_key(const CommandContext& context, const Signer& signer, const std::string& file) {
  const auto seed = signer.keys.current.seed();
  if (file == "-") {
    context.console.out << to_base64(seed) << '\n';
    return Exit::done;
  }
  const Environment& environment = context.platform.environment;
  const std::string path = PathBase(environment.directory, context.paths.home).absolute(file);
  auto done = context.platform.files.create(path, text_of(seed), 0600);
  if (!done) return failure_of(std::move(done).error(), "name a file that is not there yet");
  context.console.err << "written to " << path << "; whoever has it can sign for "
                      << signer.identity.source.text() << '\n';
  return Exit::done;
}

Result<crypto::SecretBytes> read_seed(const CommandContext& context, const std::string& file) {
  std::string text;
  if (file == "-") {
    text.resize(kKeyFileMax);
    context.console.in.read(text.data(), kKeyFileMax);
    text.resize(static_cast<std::size_t>(context.console.in.gcount()));
  } else {
    const Environment& environment = context.platform.environment;
    const std::string path = PathBase(environment.directory, context.paths.home).absolute(file);
    text = VIGIL_TRY(read_file(context.platform.files, path, kKeyFileMax));
  }
  auto seed = parse_seed(text);
  crypto::wipe(std::as_writable_bytes(std::span(text)));
  return seed;
}

/// A running agent holds the keys that it has read. Where none runs there is nobody to tell.
void tell_running(const CommandContext& context) {
  const auto told = ask_running(context, R"({"do":"new_keys"})");
  if (told || told.error().code == "daemon_unreachable") return;
  context.console.err << "the running agent still signs with the key before: "
                      << told.error().message << '\n';
}

Outcome announce(const CommandContext& context, const Identity& identity,
                 const crypto::KeyPair& key) {
  const std::string line = registry_line(identity.source, key.public_key());
  if (auto allowed = allow_on_this_machine(context, line); !allowed) {
    return failure_of(std::move(allowed).error());
  }
  tell_running(context);
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.keys.change/1");
    json.name("key_id").text(crypto::key_id(key.public_key()));
    json.name("registry_line").text(line);
    context.console.out << std::move(json.end_object()).take() << '\n';
  } else {
    context.console.out << line << '\n';
    context.console.err
        << "The owner of every other hub must allow this line: agent hub allow LINE\n";
  }
  return Exit::done;
}

Outcome take_key(const CommandContext& context, const KeysCommand& command) {
  auto seed = read_seed(context, command.file);
  if (!seed && seed.error().code == Errc::malformed) {
    return std::unexpected(
        Failure{Exit::unverified, "no_key", std::move(seed).error().message, {}});
  }
  if (!seed) return failure_of(std::move(seed).error());
  auto identity = own_identity(context);
  if (!identity) return key_failure(std::move(identity).error());
  const Platform& platform = context.platform;
  auto key = import_key(platform.files, *seed, platform.clock.wall_now(), context.paths.config_dir,
                        *identity, command.force ? ExistingKey::set_aside : ExistingKey::keep);
  if (!key) {
    return failure_of(std::move(key).error(), "agent keys import FILE --force keeps it aside");
  }
  return announce(context, *identity, *key);
}

Outcome rotate(const CommandContext& context, const KeysCommand& command) {
  const Platform& platform = context.platform;
  if (command.drop) {
    auto done = drop_previous_key(platform.files, context.paths.config_dir);
    if (!done) return failure_of(std::move(done).error());
    tell_running(context);
    if (!context.wants_json()) context.console.err << "the key before is gone\n";
    return Exit::done;
  }
  auto identity = load_identity(platform.files, context.paths.config_dir);
  if (!identity) return key_failure(std::move(identity).error());
  auto key = rotate_key(platform.files, platform.random, context.paths.config_dir, *identity);
  if (!key) return key_failure(std::move(key).error());
  return announce(context, *identity, *key);
}

}  // namespace

Outcome run_command(const CommandContext& context, const KeysCommand& command) {
  if (command.action == KeysCommand::Do::import_key) return take_key(context, command);
  if (command.action == KeysCommand::Do::rotate) return rotate(context, command);
  const auto signer = load_signer(context);
  if (!signer) return std::unexpected(signer.error());
  if (command.action == KeysCommand::Do::export_key) {
    return export_key(context, *signer, command.file);
  }
  if (command.action == KeysCommand::Do::show || context.wants_json()) {
    print_signer(context, *signer);
  } else {
    context.console.out << line_of(*signer) << '\n';
  }
  return Exit::done;
}

}  // namespace vigil::agent
