#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// How much of a swap file may be read: behind it is the text.
inline constexpr std::size_t kSwapHeadSize = 1'024;

/// The first block of a Vim or Neovim swap file, or the whole of a nano lock, which borrows its
/// form.
struct SwapHead {
  enum class Program : std::uint8_t { vim, nano };  ///< Neovim writes what Vim 8 wrote
  Program program = Program::vim;
  std::int32_t pid = 0;
  std::string name;  ///< as written: `~account/a.py`, `src/a.py`; empty for a buffer without a file
  std::uint32_t inode = 0;        ///< of the edited file; 0 where it is new, and with nano
  std::uint32_t modified_at = 0;  ///< the edited file's time, seconds since 1970; 0 with nano
  bool dirty = false;  ///< has changes that are not saved; nano leaves it set after saving
};

/// `head` is the first kSwapHeadSize bytes. Nothing for anything else, encrypted ones included
/// only where their head is plain (it is).
[[nodiscard]] std::optional<SwapHead> parse_swap_head(std::string_view head);

/// The file that a swap file in `directory` belongs to, which lies beside it.
[[nodiscard]] std::optional<std::string> owner_beside(const SwapHead& head,
                                                      std::string_view directory);

/// The same for a folder that collects swap files: from the head, else from the file's name, which
/// has `%` for every slash.
[[nodiscard]] std::optional<std::string> owner_elsewhere(const SwapHead& head,
                                                         std::string_view swap_name,
                                                         std::string_view home);

}  // namespace vigil::parser
