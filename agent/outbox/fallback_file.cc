#include "agent/outbox/fallback_file.h"

#include <bit>
#include <cstring>

#include "agent/outbox/checksum.h"
#include "base/failpoint.h"

namespace vigil::agent {
namespace {

constexpr std::uint32_t kPrivate = 0600;
constexpr std::uint32_t kMark = 0x4246'4756;  // "VGFB"

/// Before each body, little-endian. The mark lets a reader find the next frame behind a torn one:
/// a full disk may cut an append short, and later ones go on behind the stump.
struct FrameHead {
  std::uint32_t mark = kMark;
  std::uint32_t length = 0;
  std::uint64_t sum = 0;  ///< of the body
};
static_assert(sizeof(FrameHead) == 16 && std::endian::native == std::endian::little);

std::string to_frame(std::string_view body) {
  const FrameHead head{kMark, static_cast<std::uint32_t>(body.size()), checksum(body)};
  std::string frame(sizeof head, '\0');
  std::memcpy(frame.data(), &head, sizeof head);
  return frame.append(body);
}

/// The body of the frame that `bytes` begins with; empty when there is no sound one.
std::string_view first_body(std::string_view bytes) {
  FrameHead head;
  if (bytes.size() < sizeof head) return {};
  std::memcpy(&head, bytes.data(), sizeof head);
  bytes.remove_prefix(sizeof head);
  if (head.mark != kMark || head.length > bytes.size()) return {};
  const auto body = bytes.substr(0, head.length);
  return checksum(body) == head.sum ? body : std::string_view{};
}

}  // namespace

FallbackFile::FallbackFile(FileSystem& files, std::string path)
    : files_(files), path_(std::move(path)) {}

Result<void> FallbackFile::append(std::string_view body) {
  const auto stat = files_.stat(path_);
  if (!stat && stat.error().code != Errc::not_found) return std::unexpected(stat.error());
  const std::string frame = to_frame(body);
  if ((stat ? stat->size : 0) + frame.size() > kFallbackMax) {
    return fail(Errc::full, path_ + ": holds " + std::to_string(kFallbackMax >> 20U) + " MiB");
  }
  return files_.append(path_, frame, kPrivate);
}

Result<FallbackFile::Content> FallbackFile::read() const {
  auto bytes = read_file(files_, path_, kFallbackMax);
  if (!bytes && bytes.error().code == Errc::not_found) return Content{};
  if (!bytes) return std::unexpected(std::move(bytes).error());
  Content content;
  std::string_view rest = *bytes;
  while (!rest.empty()) {
    const auto body = first_body(rest);
    if (body.empty()) {
      ++content.damaged_bytes;
      rest.remove_prefix(1);
    } else {
      content.bodies.emplace_back(body);
      rest.remove_prefix(sizeof(FrameHead) + body.size());
    }
  }
  return content;
}

Result<void> FallbackFile::remove() {
  auto removed = files_.remove(path_);
  failpoint("fallback.removed");
  if (!removed && removed.error().code == Errc::not_found) return {};
  return removed;
}

}  // namespace vigil::agent
