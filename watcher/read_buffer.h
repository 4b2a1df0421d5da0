#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/file_system.h"

namespace vigil::watcher {

/// Bytes on their way from a file to its lines: a fixed front for the bytes before the position,
/// the data, and readable padding behind. Grows for one long line and shrinks again after it.
class ReadBuffer {
 public:
  ReadBuffer(std::size_t usual, std::size_t front, std::size_t padding);

  /// Empties it and makes room for `size` bytes of data; back to the usual size where that does.
  void reset(std::size_t size);

  /// Reads up to `count` bytes at `offset` behind what is held already (there must be room). Fewer
  /// at the end of the file, and where the system gives fewer: whoever takes that for the end
  /// compares with the file's size.
  [[nodiscard]] Result<std::size_t> append(const ReadableFile& file, std::uint64_t offset,
                                           std::size_t count);

  /// The last `count` bytes of the front: what lies right before the data.
  [[nodiscard]] std::span<char> front(std::size_t count);

  [[nodiscard]] std::string_view data() const { return {start() + front_, size_}; }

  /// The last `count` bytes before data()[end], the front included.
  [[nodiscard]] std::string_view before(std::size_t end, std::size_t count) const {
    return {start() + front_ + end - count, count};
  }

 private:
  [[nodiscard]] char* start() const { return bytes_.get(); }

  std::size_t usual_;
  std::size_t front_;
  std::size_t padding_;
  std::size_t capacity_ = 0;  ///< of data
  std::size_t size_ = 0;
  std::unique_ptr<char[]> bytes_;
};

/// Reads until `out` is full or the file ends.
[[nodiscard]] Result<std::size_t> read_fully(const ReadableFile& file, std::uint64_t offset,
                                             std::span<char> out);

}  // namespace vigil::watcher
