#include "agent/hub/registry.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/encoding.h"
#include "crypto/ed25519.h"

namespace vigil::agent {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr std::size_t kSourceIdMax = 64;
constexpr std::size_t kTokenIdBytes = 4;
constexpr std::string_view kTokenPrefix = "vigil_";
constexpr std::string_view kActive = "active";
constexpr std::string_view kRevoked = "revoked";
constexpr std::array<std::string_view, 1> kUnsignedSenders{"timecode"};
constexpr std::string_view kRead = "read";
constexpr std::string_view kWrite = "write";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

template <std::size_t kSize>
std::optional<std::array<std::byte, kSize>> sized(
    const std::optional<std::vector<std::byte>>& bytes) {
  if (!bytes || bytes->size() != kSize) return std::nullopt;
  std::array<std::byte, kSize> out{};
  std::ranges::copy(*bytes, out.begin());
  return out;
}

std::string text_at(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<SourceKey> read_key(const json& object) {
  SourceKey entry;
  const auto key = sized<32>(from_base64(text_at(object, "key")));
  const auto added = parse_rfc3339(text_at(object, "added"));
  const std::string state = text_at(object, "state");
  entry.source = SourceId(text_at(object, "source"));
  if (!is_source_id(entry.source.text()))
    return fail(Errc::malformed, "a source has no valid name");
  if (!key || !crypto::is_strong_public_key(*key)) {
    return fail(Errc::malformed, "source " + entry.source.text() + " has no valid key");
  }
  if (!added || (state != kActive && state != kRevoked)) {
    return fail(Errc::malformed, "source " + entry.source.text() + " has no valid state");
  }
  entry.key = *key;
  entry.key_id = crypto::key_id(*key);
  entry.state = state == kActive ? KeyState::active : KeyState::revoked;
  entry.added = *added;
  return entry;
}

Result<ReadToken> read_token(const json& object) {
  const auto digest = sized<32>(from_hex(text_at(object, "sha256")));
  const auto created = parse_rfc3339(text_at(object, "created"));
  ReadToken token;
  token.id = text_at(object, "id");
  token.name = text_at(object, "name");
  const std::string access = text_at(object, "access");
  if (!access.empty() && access != kRead && access != kWrite) {
    return fail(Errc::malformed, "a token has no valid access");
  }
  token.access = access == kWrite ? Access::write : Access::read;
  if (!digest || !created || token.id.empty() || token.name.empty()) {
    return fail(Errc::malformed, "a token is not complete");
  }
  token.sha256 = *digest;
  token.created = *created;
  return token;
}

template <class Entry>
Result<std::vector<Entry>> read_list(const json& object, const char* name, std::size_t limit,
                                     Result<Entry> (*read)(const json&)) {
  std::vector<Entry> entries;
  const auto list = object.find(name);
  if (list == object.end()) return entries;
  if (!list->is_array() || list->size() > limit) {
    return fail(Errc::malformed, std::string(name) + " is not a list of sensible length");
  }
  for (const auto& item : *list) {
    if (!item.is_object())
      return fail(Errc::malformed, std::string(name) + " holds something else");
    entries.push_back(VIGIL_TRY(read(item)));
  }
  return entries;
}

Result<std::vector<std::string>> read_senders(const json& object) {
  std::vector<std::string> senders;
  const auto list = object.find("unsigned");
  if (list == object.end()) return senders;
  if (!list->is_array()) return fail(Errc::malformed, "unsigned is no list");
  for (const auto& item : *list) {
    const bool is_known =
        item.is_string() &&
        std::ranges::find(kUnsignedSenders, item.get<std::string>()) != kUnsignedSenders.end();
    if (!is_known) return fail(Errc::malformed, "unsigned names a program that is not known");
    senders.push_back(item.get<std::string>());
  }
  return senders;
}

json key_json(const SourceKey& entry) {
  return {{"source", entry.source.text()},
          {"key", to_base64(entry.key)},
          {"key_id", entry.key_id},
          {"state", entry.state == KeyState::active ? kActive : kRevoked},
          {"added", format_rfc3339(entry.added)}};
}

json token_json(const ReadToken& token) {
  return {{"id", token.id},
          {"name", token.name},
          {"sha256", to_hex(token.sha256)},
          {"access", name_of(token.access)},
          {"created", format_rfc3339(token.created)}};
}

bool is_token_name(std::string_view name) {
  return !name.empty() && name.size() <= kTokenNameMax && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-' || c == ' ';
  });
}

}  // namespace

std::string_view name_of(Access access) {
  return access == Access::write ? kWrite : kRead;
}

bool is_source_id(std::string_view text) {
  return !text.empty() && text.size() <= kSourceIdMax && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-';
  });
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
  if (a.size() != b.size()) return false;
  std::byte difference{};
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == std::byte{};
}

Result<Registry> parse_registry(std::string_view text) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return fail(Errc::malformed, "not a JSON object");
  if (const auto v = object.find("v"); v == object.end() || *v != kVersion) {
    return fail(Errc::malformed, "written by another version of this program");
  }
  Registry registry;
  registry.keys = VIGIL_TRY(read_list<SourceKey>(object, "sources", kSourceKeysMax, &read_key));
  registry.tokens = VIGIL_TRY(read_list<ReadToken>(object, "tokens", kReadTokensMax, &read_token));
  registry.unsigned_senders = VIGIL_TRY(read_senders(object));
  const auto cookie_key = sized<32>(from_hex(text_at(object, "cookie_key")));
  if (!cookie_key) return fail(Errc::malformed, "no valid cookie_key");
  registry.cookie_key = *cookie_key;
  return registry;
}

std::string registry_text(const Registry& registry) {
  json sources = json::array();
  json tokens = json::array();
  for (const auto& entry : registry.keys) sources.push_back(key_json(entry));
  for (const auto& token : registry.tokens) tokens.push_back(token_json(token));
  const json object{{"v", kVersion},
                    {"sources", std::move(sources)},
                    {"tokens", std::move(tokens)},
                    {"unsigned", registry.unsigned_senders},
                    {"cookie_key", to_hex(registry.cookie_key)}};
  return object.dump(2) + "\n";
}

Result<SourceKey> allow_source(Registry& registry, std::string_view line, WallTime now) {
  // A source may contain colons, base64 may not.
  const std::size_t colon = line.rfind(':');
  const bool has_parts = colon != std::string_view::npos;
  const auto key = has_parts ? sized<32>(from_base64(line.substr(colon + 1))) : std::nullopt;
  if (!has_parts || !is_source_id(line.substr(0, colon)) || !key) {
    return fail(Errc::malformed, "expected SOURCE:KEY as `agent keys public` prints it");
  }
  if (!crypto::is_strong_public_key(*key)) {
    return fail(Errc::malformed, "this key is weak: anybody could sign with it");
  }
  const SourceId source(std::string(line.substr(0, colon)));
  const auto known = std::ranges::find_if(registry.keys, [&](const SourceKey& entry) {
    return entry.source == source && entry.key == *key;
  });
  if (known != registry.keys.end()) {
    known->state = KeyState::active;
    return *known;
  }
  if (registry.keys.size() == kSourceKeysMax) return fail(Errc::full, "the registry is full");
  return registry.keys.emplace_back(source, *key, crypto::key_id(*key), KeyState::active, now);
}

Result<void> allow_unsigned(Registry& registry, std::string_view sender) {
  if (std::ranges::find(kUnsignedSenders, sender) == kUnsignedSenders.end()) {
    return fail(Errc::not_found, "no program is known that sends unsigned as \"" +
                                     std::string(sender) + "\"; timecode is");
  }
  if (!allows_unsigned(registry, sender)) registry.unsigned_senders.emplace_back(sender);
  return {};
}

Result<void> refuse_unsigned(Registry& registry, std::string_view sender) {
  VIGIL_TRY(allow_unsigned(registry, sender));
  std::erase(registry.unsigned_senders, sender);
  return {};
}

bool allows_unsigned(const Registry& registry, std::string_view sender) {
  return std::ranges::find(registry.unsigned_senders, sender) != registry.unsigned_senders.end();
}

Result<std::size_t> revoke_source(Registry& registry, const SourceId& source) {
  std::size_t revoked = 0;
  for (auto& entry : registry.keys) {
    if (entry.source != source || entry.state == KeyState::revoked) continue;
    entry.state = KeyState::revoked;
    ++revoked;
  }
  if (revoked == 0) return fail(Errc::not_found, "no key of " + source.text() + " is allowed");
  return revoked;
}

Result<NewToken> new_token(Registry& registry, std::string_view name,
                           std::span<const std::byte, 20> randomness, WallTime now, Access access) {
  if (!is_token_name(name)) {
    return fail(Errc::malformed,
                "a token's name has 1 to 64 of letters, digits, `.`, `_`, `-`, space");
  }
  if (std::ranges::find(registry.tokens, name, &ReadToken::name) != registry.tokens.end()) {
    return fail(Errc::exists, "there is a token of that name");
  }
  if (registry.tokens.size() == kReadTokensMax) return fail(Errc::full, "too many tokens");
  NewToken token;
  token.secret = std::string(kTokenPrefix) + to_hex(randomness);
  token.entry.sha256 = sha256(token.secret);
  token.entry.id = to_hex(std::span(token.entry.sha256).first(kTokenIdBytes));
  token.entry.name = name;
  token.entry.created = now;
  token.entry.access = access;
  registry.tokens.push_back(token.entry);
  return token;
}

Result<ReadToken> revoke_token(Registry& registry, std::string_view id_or_name) {
  const auto found = std::ranges::find_if(registry.tokens, [id_or_name](const ReadToken& token) {
    return token.id == id_or_name || token.name == id_or_name;
  });
  if (found == registry.tokens.end()) return fail(Errc::not_found, "no such token");
  ReadToken token = *found;
  registry.tokens.erase(found);
  return token;
}

const ReadToken* find_token(const Registry& registry, std::string_view secret) {
  const Digest digest = sha256(secret);
  const ReadToken* found = nullptr;
  for (const auto& token : registry.tokens) {
    if (equal_in_constant_time(token.sha256, digest)) found = &token;
  }
  return found;
}

}  // namespace vigil::agent
