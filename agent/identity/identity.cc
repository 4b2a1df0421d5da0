#include "agent/identity/identity.h"

#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "agent/config/address.h"
#include "base/encoding.h"
#include "crypto/keyed_hash.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kFileMax = 16 * 1024;
constexpr std::size_t kSaltSize = 32;
constexpr std::size_t kMachineSize = 8;
constexpr std::size_t kHostnameKept = 40;  // of at most 64 characters, six are random
constexpr int kVersion = 1;

std::string identity_path(const std::string& config_dir) {
  return join_path(config_dir, "identity.json");
}

/// `laptop-x3k9q0`: what a source's name may hold of the host's, and enough to tell two apart.
std::string new_source_name(Random& random, std::string_view hostname) {
  std::string name;
  for (const char c : hostname.substr(0, kHostnameKept)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-';
    name += plain ? c : '-';
  }
  if (name.empty()) name = "agent";
  std::array<std::byte, 7> bytes{};
  random.fill(bytes);
  std::uint64_t number = 0;
  for (const std::byte b : bytes) number = number * 256 + std::to_integer<std::uint64_t>(b);
  std::array<char, 6> suffix{};
  put_base36(number, suffix);
  return name + "-" + std::string(suffix.data(), suffix.size());
}

Result<Identity> parse_identity(std::string_view text, const std::string& path) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto field = [&json](const char* name) {
    const auto at = json.is_object() ? json.find(name) : json.end();
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  const auto version = json.is_object() ? json.find("v") : json.end();
  if (version != json.end() && version->is_number_integer() && *version > kVersion) {
    return fail(Errc::denied, path + ": written by a newer version of this program");
  }
  auto salt = from_hex(field("session_salt"));
  if (version == json.end() || *version != kVersion || !is_source_name(field("source")) ||
      field("machine").empty() || !salt || salt->size() != kSaltSize) {
    return fail(Errc::malformed, path +
                                     ": damaged; restore it from a backup, or remove it and run "
                                     "`agent init` (a new identity reads every log as new)");
  }
  Identity identity{SourceId(field("source")), MachineId(field("machine")), field("machine_name"),
                    crypto::SecretBytes(*salt), field("public_key")};
  crypto::wipe(*salt);
  return identity;
}

std::string identity_text(const Identity& identity) {
  const nlohmann::ordered_json json{{"v", kVersion},
                                    {"source", identity.source.text()},
                                    {"machine", identity.machine.text()},
                                    {"machine_name", identity.machine_name},
                                    {"session_salt", to_hex(identity.session_salt.bytes())},
                                    {"public_key", identity.public_key}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string Identity::session_name(std::string_view session) const {
  return crypto::keyed_name(session_salt.bytes(), session);
}

std::string Identity::project_name(std::string_view project) const {
  return "project-" + session_name("project\n" + std::string(project));
}

Result<Identity> load_identity(const FileSystem& files, const std::string& config_dir) {
  const std::string path = identity_path(config_dir);
  const auto text = read_private_file(files, path, "identity file", kFileMax);
  if (!text && text.error().code == Errc::not_found) {
    return fail(Errc::not_found, path + ": there is no identity; run `agent init`");
  }
  if (!text) return std::unexpected(text.error());
  return parse_identity(text_of(text->bytes()), path);
}

Result<Identity> create_identity(FileSystem& files, Random& random, const std::string& config_dir,
                                 std::string_view source, std::string_view hostname) {
  Identity identity;
  identity.source =
      SourceId(source.empty() ? new_source_name(random, hostname) : std::string(source));
  if (!is_source_name(identity.source.text())) {
    return fail(Errc::malformed, "a source's name has 1 to 64 of A-Z a-z 0-9 . _ : -");
  }
  std::array<std::byte, kMachineSize> machine{};
  random.fill(machine);
  identity.machine = MachineId(to_hex(machine));
  identity.machine_name = hostname;
  identity.session_salt = crypto::SecretBytes(kSaltSize);
  random.fill(identity.session_salt.bytes());
  VIGIL_TRY(prepare_config_dir(files, config_dir));
  VIGIL_TRY(files.create(identity_path(config_dir), identity_text(identity), 0600));
  return identity;
}

Result<Identity> ensure_identity(FileSystem& files, Random& random, const std::string& config_dir,
                                 std::string_view source, std::string_view hostname) {
  auto identity = load_identity(files, config_dir);
  if (identity || identity.error().code != Errc::not_found) return identity;
  identity = create_identity(files, random, config_dir, source, hostname);
  if (identity || identity.error().code != Errc::exists) return identity;
  return load_identity(files, config_dir);  // another command was faster
}

Result<void> store_identity(FileSystem& files, const std::string& config_dir,
                            const Identity& identity) {
  return files.replace(identity_path(config_dir), identity_text(identity), 0600);
}

Identity identity_of_seed(std::span<const std::byte> seed, SourceId source,
                          std::string_view hostname) {
  const auto machine = crypto::derive_secret(seed, "vigil/machine");
  return Identity{std::move(source),
                  MachineId(to_hex(machine.bytes().first(kMachineSize))),
                  std::string(hostname),
                  crypto::derive_secret(seed, "vigil/session-salt"),
                  {}};
}

}  // namespace vigil::agent
