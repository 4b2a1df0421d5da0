#include "parser/language_table.h"

#include <array>
#include <bit>

// The generated rows are texts, good to read and to compare. As a table of pointers they would have
// to be relocated by the loader at every start, some 5000 of them; so the compiler packs them
// into one text, offsets into it and a hash table of them, which lie in the program as they are and
// are read where used.

namespace vigil::parser {
namespace {

struct LanguageRow {
  std::string_view key;
  LanguageKind kind;
};

struct Row {
  std::string_view key;
  std::string_view language;
  bool shared = false;
};

constexpr bool kShared = true;

#include "parser/language_table.inc"

constexpr std::uint16_t kNobody = 0xFFFF;

struct Entry {
  std::uint16_t at = 0;
  std::uint16_t meaning = kNobody;  ///< a language's place among the languages, or its kind
  std::uint8_t size = 0;
  bool shared = false;
};

/// FNV-1a
constexpr std::uint64_t hash_of(std::string_view key) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash ^ (hash >> 32U);
}

// Each table is a constant expression of its own, since compilers count the steps of one.

/// Places in kRows by hash; at most half full, so that a search meets an empty one soon.
template <const auto& kRows>
consteval auto slots_of() {
  std::array<std::uint16_t, std::bit_ceil(2 * kRows.size())> slots{};
  slots.fill(kNobody);
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    auto slot = hash_of(kRows[i].key) & (slots.size() - 1);
    while (slots[slot] != kNobody) slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = static_cast<std::uint16_t>(i);
  }
  return slots;
}

constexpr auto kLanguageSlots = slots_of<kLanguageRows>();

consteval std::uint16_t meaning_of(const LanguageRow& row) {
  return static_cast<std::uint16_t>(row.kind);
}

consteval std::uint16_t meaning_of(const Row& row) {
  constexpr auto kMask = kLanguageSlots.size() - 1;
  if (row.language.empty()) return kNobody;
  auto slot = hash_of(row.language) & kMask;
  // The name of no language ends at an empty slot, which is out of the rows: then nothing compiles.
  while (kLanguageRows[kLanguageSlots[slot]].key != row.language) slot = (slot + 1) & kMask;
  return kLanguageSlots[slot];
}

consteval bool is_shared(const LanguageRow&) {
  return false;
}

consteval bool is_shared(const Row& row) {
  return row.shared;
}

template <const auto& kRows>
consteval auto entries_of() {
  std::array<Entry, kRows.size()> entries;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    const auto& row = kRows[i];
    if (i > 0 && kRows[i - 1].key >= row.key) throw "keys are not sorted";
    if (row.key.size() > 0xFF || at > 0xFFFF) throw "texts are too long";
    entries[i] = {static_cast<std::uint16_t>(at), meaning_of(row),
                  static_cast<std::uint8_t>(row.key.size()), is_shared(row)};
    at += row.key.size();
  }
  return entries;
}

template <const auto& kRows, const auto& kEntries>
consteval auto text_of() {
  std::array<char, kEntries.back().at + kEntries.back().size> text{};
  std::size_t at = 0;
  for (const auto& row : kRows) {
    for (const char c : row.key) text[at++] = c;
  }
  return text;
}

template <const auto& kRows>
struct Table {
  static constexpr auto kEntries = entries_of<kRows>();
  static constexpr auto kText = text_of<kRows, kEntries>();
  static constexpr auto kSlots = slots_of<kRows>();

  static std::string_view key(const Entry& entry) { return {kText.data() + entry.at, entry.size}; }

  static const Entry* find(std::string_view wanted) {
    constexpr auto kMask = kSlots.size() - 1;
    auto slot = hash_of(wanted) & kMask;
    for (; kSlots[slot] != kNobody; slot = (slot + 1) & kMask) {
      if (key(kEntries[kSlots[slot]]) == wanted) return &kEntries[kSlots[slot]];
    }
    return nullptr;
  }
};

using Languages = Table<kLanguageRows>;

template <const auto& kRows>
LanguageMatch find(std::string_view key) {
  const auto* entry = Table<kRows>::find(key);
  if (entry == nullptr) return {};
  if (entry->meaning == kNobody) return {{}, entry->shared};
  return {Languages::key(Languages::kEntries[entry->meaning]), entry->shared};
}

}  // namespace

LanguageMatch language_by_name(std::string_view name) {
  return find<kNameRows>(name);
}

LanguageMatch language_by_extension(std::string_view extension) {
  return find<kExtensionRows>(extension);
}

LanguageMatch language_by_interpreter(std::string_view interpreter) {
  return find<kInterpreterRows>(interpreter);
}

LanguageMatch language_by_alias(std::string_view alias) {
  return find<kAliasRows>(alias);
}

std::optional<LanguageKind> kind_of(std::string_view language) {
  const auto* entry = Languages::find(language);
  if (entry == nullptr) return std::nullopt;
  return static_cast<LanguageKind>(entry->meaning);
}

std::size_t language_count() {
  return Languages::kEntries.size();
}

}  // namespace vigil::parser
