#include "watcher/read_buffer.h"

#include <cassert>

namespace vigil::watcher {

ReadBuffer::ReadBuffer(std::size_t usual, std::size_t front, std::size_t padding)
    : usual_(usual), front_(front), padding_(padding) {}

void ReadBuffer::reset(std::size_t size) {
  size_ = 0;
  const std::size_t wanted = size > usual_ ? size : usual_;
  if (capacity_ == wanted || (capacity_ > wanted && wanted > usual_)) return;
  capacity_ = wanted;
  const std::size_t total = front_ + capacity_ + padding_;
  bytes_ = std::make_unique_for_overwrite<char[]>(total);
  // Vector instructions look at the padding; it must not differ from run to run.
  for (std::size_t i = total - padding_; i < total; ++i) bytes_[i] = '\0';
}

Result<std::size_t> ReadBuffer::append(const ReadableFile& file, std::uint64_t offset,
                                       std::size_t count) {
  assert(size_ + count <= capacity_);
  const std::size_t got = VIGIL_TRY(file.read_at(offset, {start() + front_ + size_, count}));
  size_ += got;
  return got;
}

std::span<char> ReadBuffer::front(std::size_t count) {
  assert(count <= front_);
  return {start() + front_ - count, count};
}

Result<std::size_t> read_fully(const ReadableFile& file, std::uint64_t offset,
                               std::span<char> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t got = VIGIL_TRY(file.read_at(offset + done, out.subspan(done)));
    if (got == 0) break;
    done += got;
  }
  return done;
}

}  // namespace vigil::watcher
