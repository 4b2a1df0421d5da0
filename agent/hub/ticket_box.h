#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hub/registry.h"
#include "base/digest.h"
#include "base/time.h"

namespace vigil::agent {

/// One-time links that sign a browser in: each opens once, within kLife. Thread-safe.
class TicketBox {
 public:
  static constexpr std::chrono::seconds kLife{60};
  static constexpr std::size_t kOpenMax = 64;  ///< beyond it the oldest goes

  /// The ticket's text: 32 hex digits. Who comes by it may do what whoever asked for it may.
  [[nodiscard]] std::string issue(std::span<const std::byte, 16> randomness, MonoTime now,
                                  Access access);

  /// What it lets do; nothing where it was not open. It no longer is.
  [[nodiscard]] std::optional<Access> redeem(std::string_view ticket, MonoTime now);

 private:
  struct Ticket {
    Digest digest;
    MonoTime expires;
    Access access;
  };

  std::mutex mutex_;
  std::vector<Ticket> open_;
};

}  // namespace vigil::agent
