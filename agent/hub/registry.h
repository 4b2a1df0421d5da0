#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

using PublicKey = std::array<std::byte, 32>;  ///< raw Ed25519
using CookieKey = std::array<std::byte, 32>;

inline constexpr std::size_t kSourceKeysMax = 10'000;
inline constexpr std::size_t kReadTokensMax = 1'000;
inline constexpr std::size_t kTokenNameMax = 64;

enum class KeyState : std::uint8_t {
  active,
  revoked,  ///< known, so that its owner can be told why it is refused
};

/// A key that may sign for a source. A source may have several, for rotation.
struct SourceKey {
  SourceId source;
  PublicKey key{};
  std::string key_id;
  KeyState state = KeyState::active;
  WallTime added{};

  friend bool operator==(const SourceKey&, const SourceKey&) = default;
};

/// What a token or a signed-in browser may do.
enum class Access : std::uint8_t {
  read,
  write,  ///< read, and correct what is stored
};

/// Whoever shows the secret may read, or more. Only its digest is kept.
struct ReadToken {
  std::string id;  ///< 8 hex digits
  std::string name;
  Digest sha256{};
  WallTime created{};
  Access access = Access::read;

  friend bool operator==(const ReadToken&, const ReadToken&) = default;
};

/// Who may write to the hub and who may read from it (docs/formats/registry.md). A value.
struct Registry {
  std::vector<SourceKey> keys;
  std::vector<ReadToken> tokens;
  std::vector<std::string> unsigned_senders{};  ///< programs on this machine that send unsigned
  CookieKey cookie_key{};                       ///< signs browser sessions; a new one ends them all

  friend bool operator==(const Registry&, const Registry&) = default;
};

/// Reads registry.json; `malformed` says what is wrong with it.
[[nodiscard]] Result<Registry> parse_registry(std::string_view text);
[[nodiscard]] std::string registry_text(const Registry& registry);

/// Takes up `source:base64key`. Allowing again what is allowed changes nothing; a revoked key
/// becomes active again. `malformed`: not such a line, or a weak (small-order) key; `full`.
[[nodiscard]] Result<SourceKey> allow_source(Registry& registry, std::string_view line,
                                             WallTime now);

/// Takes, or no longer takes, what a program on this machine sends without a signature. Saying it
/// twice changes nothing. `not_found`: no such program is known (`timecode` is).
[[nodiscard]] Result<void> allow_unsigned(Registry& registry, std::string_view sender);
[[nodiscard]] Result<void> refuse_unsigned(Registry& registry, std::string_view sender);
[[nodiscard]] bool allows_unsigned(const Registry& registry, std::string_view sender);

/// Revokes every key of a source; `not_found` where it has none that is active.
[[nodiscard]] Result<std::size_t> revoke_source(Registry& registry, const SourceId& source);

struct NewToken {
  ReadToken entry;
  std::string secret;  ///< shown once; `vigil_` + 40 hex digits
};

/// `malformed`: bad name (empty, too long, control characters); `exists`; `full`.
[[nodiscard]] Result<NewToken> new_token(Registry& registry, std::string_view name,
                                         std::span<const std::byte, 20> randomness, WallTime now,
                                         Access access = Access::read);

/// `read` or `write`.
[[nodiscard]] std::string_view name_of(Access access);

/// By id or name; `not_found`.
[[nodiscard]] Result<ReadToken> revoke_token(Registry& registry, std::string_view id_or_name);

/// The token with that secret. Takes the same time for every wrong one.
[[nodiscard]] const ReadToken* find_token(const Registry& registry, std::string_view secret);

/// `[A-Za-z0-9._:-]{1,64}`.
[[nodiscard]] bool is_source_id(std::string_view text);

/// Without telling by its duration where two secrets differ.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::byte> a,
                                          std::span<const std::byte> b);

}  // namespace vigil::agent
