// A ShaDa file is a row of MessagePack values, four for each entry: type, time, length in bytes,
// body. Bodies of marks (7, 10), jumps (8) and changes (11) are maps in which `f` is the file, `l`
// the line (1 where absent) and `c` the column (0 where absent).

#include "parser/editors/shada.h"

#include <optional>
#include <string>

#include "parser/editors/trace_path.h"

namespace vigil::parser {
namespace {

/// Reads the few kinds of MessagePack values that these entries have; for any other it fails.
class Pack {
 public:
  explicit Pack(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  [[nodiscard]] std::optional<std::uint64_t> number() {
    const auto lead = byte();
    if (!lead) return std::nullopt;
    if (*lead < 0x80) return *lead;
    if (*lead < 0xcc || *lead > 0xcf) return std::nullopt;
    return big_endian(1U << (*lead - 0xccU));
  }

  [[nodiscard]] std::optional<std::string_view> bytes(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  /// A string or a binary.
  [[nodiscard]] std::optional<std::string_view> text() {
    const auto lead = byte();
    if (!lead) return std::nullopt;
    std::optional<std::uint64_t> size;
    if ((*lead & 0xe0U) == 0xa0) {
      size = *lead & 0x1fU;
    } else if (*lead >= 0xc4 && *lead <= 0xc6) {
      size = big_endian(1U << (*lead - 0xc4U));
    } else if (*lead >= 0xd9 && *lead <= 0xdb) {
      size = big_endian(1U << (*lead - 0xd9U));
    }
    return size ? bytes(*size) : std::nullopt;
  }

  [[nodiscard]] std::optional<std::uint64_t> map_size() {
    const auto lead = byte();
    if (!lead) return std::nullopt;
    if ((*lead & 0xf0U) == 0x80) return *lead & 0x0fU;
    return *lead == 0xde ? big_endian(2) : std::nullopt;
  }

  [[nodiscard]] bool next_is_number() const {
    if (rest_.empty()) return false;
    const auto lead = static_cast<unsigned char>(rest_.front());
    return lead < 0x80 || (lead >= 0xcc && lead <= 0xcf);
  }

 private:
  [[nodiscard]] std::optional<std::uint8_t> byte() {
    const auto taken = bytes(1);
    if (!taken) return std::nullopt;
    return static_cast<std::uint8_t>(taken->front());
  }

  [[nodiscard]] std::optional<std::uint64_t> big_endian(std::size_t width) {
    const auto taken = bytes(width);
    if (!taken) return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : *taken) number = number << 8U | static_cast<unsigned char>(c);
    return number;
  }

  std::string_view rest_;
};

constexpr std::uint64_t kGlobalMark = 7;
constexpr std::uint64_t kJump = 8;
constexpr std::uint64_t kLocalMark = 10;
constexpr std::uint64_t kChange = 11;
constexpr std::uint64_t kSecondsMax = 1ULL << 36U;
constexpr std::uint64_t kLineMax = 1ULL << 31U;

bool has_place(std::uint64_t type) {
  return type == kGlobalMark || type == kJump || type == kLocalMark || type == kChange;
}

/// Keys that come before an unknown kind of value still count.
EditorTrace place_in(std::string_view body) {
  EditorTrace trace{
      .editor = "neovim", .kind = EditorTrace::Kind::open, .path = {}, .lineno = 1, .cursorpos = 1};
  Pack pack(body);
  const auto fields = pack.map_size().value_or(0);
  for (std::uint64_t i = 0; i < fields; ++i) {
    const auto key = pack.text();
    if (!key) break;
    if (pack.next_is_number()) {
      const auto number = pack.number().value_or(0);
      if (number > kLineMax) continue;
      if (*key == "l") trace.lineno = static_cast<std::int64_t>(number);
      if (*key == "c") trace.cursorpos = static_cast<std::int64_t>(number) + 1;
      continue;
    }
    const auto text = pack.text();
    if (!text) break;
    if (*key == "f") trace.path = trace_path(*text).value_or("");
  }
  return trace;
}

}  // namespace

std::vector<EditorTrace> parse_shada(std::string_view bytes) {
  std::vector<EditorTrace> traces;
  Pack pack(bytes);
  while (!pack.at_end() && traces.size() < kTracesMax) {
    const auto type = pack.number();
    const auto seconds = pack.number();
    const auto length = pack.number();
    if (!type || !seconds || !length) break;
    const auto body = pack.bytes(*length);
    if (!body) break;
    if (!has_place(*type) || *seconds == 0 || *seconds > kSecondsMax) continue;
    auto trace = place_in(*body);
    if (trace.path.empty()) continue;
    trace.time = from_unix_ms(static_cast<std::int64_t>(*seconds) * 1'000);
    traces.push_back(std::move(trace));
  }
  return traces;
}

}  // namespace vigil::parser
