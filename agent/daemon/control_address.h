#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vigil::agent {

/// Where a control socket is, as bind(2) and connect(2) take it. A path that is too long for a
/// socket's address is named through its opened folder instead (`/proc/self/fd/7/agent.sock`).
class ControlAddress {
 public:
  /// Longest path that fits, in bytes.
  static constexpr std::size_t kPathMax = sizeof(sockaddr_un{}.sun_path) - 1;

  /// `not_found`: the folder of a long path cannot be opened.
  [[nodiscard]] static Result<ControlAddress> of(const std::string& path);

  /// Valid as long as this object lives.
  [[nodiscard]] const sockaddr* address() const;
  static constexpr socklen_t size() { return sizeof(sockaddr_un); }

 private:
  ControlAddress() = default;

  sockaddr_un address_{};
  UniqueFd folder_;  ///< of a long path
};

}  // namespace vigil::agent
