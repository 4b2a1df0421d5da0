#include "agent/hub/registry_file.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/failpoint.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kFileMax = 8 * 1024 * 1024;
constexpr std::uint32_t kMode = 0600;
constexpr std::uint32_t kOthers = 0077;
constexpr int kAttempts = 8;
constexpr std::size_t kTokenMax = 256;

bool same_content(const FileStat& a, const FileStat& b) {
  return a.inode == b.inode && a.device == b.device && a.size == b.size &&
         a.modified_ns == b.modified_ns;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Result<void> RegistryFile::create_if_missing(Random& random) {
  if (files_.stat(path_)) return {};
  Registry registry;
  random.fill(registry.cookie_key);
  VIGIL_TRY(files_.make_directories(std::string(parent_path(path_)), 0700));
  auto created = files_.create(path_, registry_text(registry), kMode);
  if (!created && created.error().code == Errc::exists) return {};  // another command was faster
  return created;
}

Result<std::shared_ptr<const Registry>> RegistryFile::load(const FileStat& stat) {
  if ((stat.mode & kOthers) != 0) {
    return fail(Errc::denied, path_ + ": others may read it; chmod 600 it");
  }
  const std::string text = VIGIL_TRY(read_file(files_, path_, kFileMax));
  auto registry = parse_registry(text);
  if (!registry) return std::unexpected(std::move(registry).error().within(path_));
  last_ = std::make_shared<const Registry>(*std::move(registry));
  seen_ = stat;
  return last_;
}

Result<std::shared_ptr<const Registry>> RegistryFile::current() {
  const std::lock_guard lock(mutex_);
  const FileStat stat = VIGIL_TRY(files_.stat(path_));
  if (last_ && seen_ && same_content(*seen_, stat)) return last_;
  return load(stat);
}

Result<std::shared_ptr<const Registry>> RegistryFile::current_or_last() {
  auto now = current();
  const std::lock_guard lock(mutex_);
  if (now || !last_) return now;
  return last_;
}

Result<void> RegistryFile::update(const std::function<Result<void>(Registry&)>& change) {
  const std::lock_guard lock(mutex_);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const FileStat before = VIGIL_TRY(files_.stat(path_));
    Registry registry = *VIGIL_TRY(load(before));
    VIGIL_TRY(change(registry));
    failpoint("hub.registry");
    const FileStat after = VIGIL_TRY(files_.stat(path_));
    if (same_content(before, after)) return files_.replace(path_, registry_text(registry), kMode);
  }
  return fail(Errc::busy, path_ + " is being changed by somebody else; try again");
}

Result<std::string> ensure_cli_token(RegistryFile& registry, FileSystem& files,
                                     const std::string& token_path, Random& random,
                                     const Clock& clock) {
  VIGIL_TRY(registry.create_if_missing(random));
  const auto current = VIGIL_TRY(registry.current());
  if (const auto text = read_file(files, token_path, kTokenMax)) {
    const ReadToken* const known = find_token(*current, trimmed(*text));
    if (known != nullptr && known->access == Access::read) {
      // From a version whose tokens did nothing but read.
      VIGIL_TRY(registry.update([id = known->id](Registry& to) -> Result<void> {
        const auto token = std::ranges::find(to.tokens, id, &ReadToken::id);
        if (token != to.tokens.end()) token->access = Access::write;
        return {};
      }));
    }
    if (known != nullptr) return std::string(trimmed(*text));
  }
  std::array<std::byte, 20> randomness{};
  random.fill(randomness);
  std::string secret;
  VIGIL_TRY(registry.update([&](Registry& to) -> Result<void> {
    (void)revoke_token(to, kCliTokenName);  // its secret is lost
    secret =
        VIGIL_TRY(new_token(to, kCliTokenName, randomness, clock.wall_now(), Access::write)).secret;
    return {};
  }));
  VIGIL_TRY(files.make_directories(std::string(parent_path(token_path)), 0700));
  VIGIL_TRY(files.replace(token_path, secret + "\n", kMode));
  return secret;
}

}  // namespace vigil::agent
