// Block 0 of a swap file, little-endian: 0 `b0`, 2 version (10 bytes), 16 mtime, 20 inode, 24 pid,
// 28 user (40), 68 host (40), 108 file name (900, NUL), 1007 dirty (0x55), 1008 byte-order magic.

#include "parser/editors/vim_swap.h"

#include <algorithm>

#include "base/file_system.h"
#include "parser/editors/trace_path.h"

namespace vigil::parser {
namespace {

constexpr std::size_t kVersionAt = 2;
constexpr std::size_t kModifiedAt = 16;
constexpr std::size_t kInodeAt = 20;
constexpr std::size_t kPidAt = 24;
constexpr std::size_t kNameAt = 108;
constexpr std::size_t kNameSize = 898;  // the rest may hold the file's encoding
constexpr std::size_t kDirtyAt = 1'007;
constexpr std::size_t kLongMagicAt = 1'008;
constexpr char kDirty = 0x55;

std::uint32_t number_at(std::string_view head, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) {
    number = number << 8U | static_cast<unsigned char>(head[at + i]);
  }
  return number;
}

bool is_big_endian(std::string_view head) {
  return head.substr(kLongMagicAt, 8).ends_with("0123");
}

}  // namespace

std::optional<SwapHead> parse_swap_head(std::string_view head) {
  if (head.size() < kSwapHeadSize || head[0] != 'b') return std::nullopt;
  constexpr std::string_view kKinds = "0cCd";
  if (!kKinds.contains(head[1]) || is_big_endian(head)) return std::nullopt;
  const auto version = head.substr(kVersionAt, 10);
  const bool is_nano = version.starts_with("nano ");
  if (!is_nano && !version.starts_with("VIM ")) return std::nullopt;
  const std::uint32_t pid = number_at(head, kPidAt);
  if (pid == 0 || pid > 0x7fff'ffff) return std::nullopt;

  SwapHead found;
  found.program = is_nano ? SwapHead::Program::nano : SwapHead::Program::vim;
  found.pid = static_cast<std::int32_t>(pid);
  found.modified_at = number_at(head, kModifiedAt);
  found.inode = number_at(head, kInodeAt);
  found.dirty = head[kDirtyAt] == kDirty;
  const auto name = head.substr(kNameAt, kNameSize);
  const auto end = name.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  found.name = name.substr(0, end);
  return found;
}

std::optional<std::string> owner_beside(const SwapHead& head, std::string_view directory) {
  const auto name = file_name(head.name);
  if (name.empty()) return std::nullopt;
  return path_from(directory, name);
}

std::optional<std::string> owner_elsewhere(const SwapHead& head, std::string_view swap_name,
                                           std::string_view home) {
  if (auto path = trace_path(head.name, home)) return path;
  if (!swap_name.starts_with('%')) return std::nullopt;
  std::string path(swap_name.substr(0, swap_name.rfind('.')));
  std::ranges::replace(path, '%', '/');
  return trace_path(path);
}

}  // namespace vigil::parser
