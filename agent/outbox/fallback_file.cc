#include "agent/outbox/fallback_file.h"

#include <bit>
#include <cstring>

#include "agent/outbox/checksum.h"
#include "base/failpoint.h"

namespace vigil::agent {
namespace {

constexpr std::uint32_t kPrivate = 0600;
constexpr int kAttempts = 8;
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
    : files_(files), path_(std::move(path)), taken_path_(path_ + ".taken") {}

Result<void> FallbackFile::append(std::string_view body) {
  const std::string frame = to_frame(body);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto before = files_.stat(path_);
    if (!before && before.error().code != Errc::not_found) return std::unexpected(before.error());
    if ((before ? before->size : 0) + frame.size() > kFallbackMax) {
      return fail(Errc::full, path_ + ": holds " + std::to_string(kFallbackMax >> 20U) + " MiB");
    }
    VIGIL_TRY(files_.append(path_, frame, kPrivate));
    // Taken away meanwhile, it may have been read before this frame stood in it. Once more then: a
    // heartbeat that is told twice counts once.
    const auto after = files_.stat(path_);
    const bool is_same =
        before ? after && after->inode == before->inode : after && after->size == frame.size();
    if (is_same) return {};
  }
  return fail(Errc::busy, path_ + ": is being taken away all the time");
}

Result<FallbackFile::Content> FallbackFile::read() const {
  return frames_of(path_);
}

Result<std::optional<FallbackFile::Content>> FallbackFile::take() {
  if (!files_.stat(taken_path_)) {
    const auto moved = files_.rename(path_, taken_path_);
    if (!moved && moved.error().code == Errc::not_found) return std::optional<Content>();
    if (!moved) return std::unexpected(moved.error());
  }
  return frames_of(taken_path_);
}

Result<FallbackFile::Content> FallbackFile::frames_of(const std::string& path) const {
  auto bytes = read_file(files_, path, kFallbackMax);
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

Result<void> FallbackFile::remove_taken() {
  auto removed = files_.remove(taken_path_);
  failpoint("fallback.removed");
  if (!removed && removed.error().code == Errc::not_found) return {};
  return removed;
}

}  // namespace vigil::agent
