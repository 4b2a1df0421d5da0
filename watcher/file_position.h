#pragma once

#include <cstdint>
#include <string>

namespace vigil::watcher {

/// How far one generation of one file has been read, and what tells generations apart. Any doubt
/// means a new generation, read from 0 (event ids make reading again free).
///
/// A value; stored by the outbox in the transaction that stores what was read.
struct FilePosition {
  std::string path;        ///< absolute; where the file was last seen
  std::uint32_t root = 0;  ///< index of the configured root it lies below
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t birth_ns = 0;  ///< 0 where the file system has none
  std::uint64_t offset = 0;   ///< always the end of a complete record
  std::uint64_t size = 0;  ///< as last seen: with modified_ns it lets an unchanged file go unread
  std::int64_t modified_ns = 0;
  std::uint64_t head_hash = 0;  ///< of the first min(offset, 1024) bytes
  std::uint64_t tail_hash = 0;  ///< of the min(offset, 256) bytes before offset

  friend bool operator==(const FilePosition&, const FilePosition&) = default;
};

}  // namespace vigil::watcher
