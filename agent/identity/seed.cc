#include "agent/identity/seed.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <span>
#include <string>
#include <system_error>

#include "base/encoding.h"
#include "base/file_system.h"
#include "base/unique_fd.h"
#include "crypto/ed25519.h"

namespace vigil::agent {
namespace {

/// 64 hex digits are the longest form; the rest is white space.
constexpr std::size_t kSeedTextMax = 128;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kWhiteSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhiteSpace) - begin + 1);
}

std::string reason(int number) {
  return std::generic_category().message(number);
}

Result<crypto::SecretBytes> read_seed(int fd) {
  crypto::SecretBytes text(kSeedTextMax + 1);
  std::size_t used = 0;
  while (used < text.size()) {
    const auto rest = text.bytes().subspan(used);
    const ssize_t got = ::read(fd, rest.data(), rest.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Errc::io, reason(errno));
    if (got == 0) return parse_seed(text_of(text.bytes().first(used)));
    used += static_cast<std::size_t>(got);
  }
  return fail(Errc::malformed, "too long for a key");
}

Result<crypto::SecretBytes> seed_from_descriptor(std::string_view number) {
  const std::string where = "VIGIL_KEY_FD=" + std::string(number);
  int fd = -1;
  const char* const begin = number.data();
  const char* const end = begin + number.size();
  const auto parsed = std::from_chars(begin, end, fd);
  if (parsed.ec != std::errc() || parsed.ptr != end || fd < 0) {
    return fail(Errc::malformed, where + ": not the number of a descriptor");
  }
  const UniqueFd owned(fd);
  auto seed = read_seed(fd);
  if (!seed) return std::unexpected(std::move(seed).error().within(where));
  return seed;
}

/// Read by plain system calls: the folder and its modes are the service manager's (0400 of root
/// under systemd, links under Kubernetes), so the rules for our own files do not fit.
Result<std::optional<crypto::SecretBytes>> seed_from_credentials(std::string_view directory) {
  const std::string path = join_path(directory, "vigil-key");
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd && errno == ENOENT) return std::optional<crypto::SecretBytes>();
  if (!fd) return fail(Errc::denied, path + ": " + reason(errno));
  auto seed = read_seed(fd.get());
  if (!seed) return std::unexpected(std::move(seed).error().within(path));
  return std::optional(std::move(*seed));
}

std::optional<Result<crypto::SecretBytes>> take_variable(Environment& environment) {
  const auto at = environment.variables.find("VIGIL_KEY");
  if (at == environment.variables.end() || at->second.empty()) return std::nullopt;
  auto seed = parse_seed(at->second);
  crypto::wipe(std::as_writable_bytes(std::span(at->second)));
  environment.variables.erase(at);
  if (!seed) seed = std::unexpected(std::move(seed).error().within("VIGIL_KEY"));
  return seed;
}

}  // namespace

Result<crypto::SecretBytes> parse_seed(std::string_view text) {
  if (text.size() == crypto::kSeedSize) return crypto::SecretBytes(bytes_of(text));
  text = trimmed(text);
  auto bytes = text.size() == 2 * crypto::kSeedSize ? from_hex(text) : from_base64(text);
  if (!bytes || bytes->size() != crypto::kSeedSize) {
    if (bytes) crypto::wipe(*bytes);
    return fail(Errc::malformed, "not a key: 32 raw bytes, 64 hex digits or base64 are expected");
  }
  crypto::SecretBytes seed(*bytes);
  crypto::wipe(*bytes);
  return seed;
}

Result<std::optional<crypto::SecretBytes>> take_seed(Environment& environment) {
  auto from_variable = take_variable(environment);
  if (const auto number = environment.find("VIGIL_KEY_FD")) {
    return std::optional(VIGIL_TRY(seed_from_descriptor(*number)));
  }
  for (const auto* name : {"VIGIL_CREDENTIALS_DIRECTORY", "CREDENTIALS_DIRECTORY"}) {
    const auto directory = environment.find(name);
    if (!directory) continue;
    auto seed = VIGIL_TRY(seed_from_credentials(*directory));
    if (seed) return seed;
  }
  if (!from_variable) return std::optional<crypto::SecretBytes>();
  return std::optional(VIGIL_TRY(*std::move(from_variable)));
}

void wipe_variable(char** block, std::string_view name) {
  for (char** entry = block; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=') {
      crypto::wipe(std::as_writable_bytes(std::span(*entry, text.size()).subspan(name.size() + 1)));
    }
  }
}

}  // namespace vigil::agent
