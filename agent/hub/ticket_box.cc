#include "agent/hub/ticket_box.h"

#include <algorithm>

#include "base/encoding.h"

namespace vigil::agent {

std::string TicketBox::issue(std::span<const std::byte, 16> randomness, MonoTime now,
                             Access access) {
  std::string text = to_hex(randomness);
  const std::lock_guard lock(mutex_);
  if (open_.size() == kOpenMax) open_.erase(open_.begin());
  open_.push_back({sha256(text), now + kLife, access});
  return text;
}

std::optional<Access> TicketBox::redeem(std::string_view ticket, MonoTime now) {
  const Digest digest = sha256(ticket);
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [now](const Ticket& open) { return now >= open.expires; });
  const auto found = std::ranges::find(open_, digest, &Ticket::digest);
  if (found == open_.end()) return std::nullopt;
  const Access access = found->access;
  open_.erase(found);
  return access;
}

}  // namespace vigil::agent
