#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/correction_request.h"
#include "agent/hub/store/forget.h"
#include "base/result.h"

namespace vigil::agent {

/// What a client of the control socket can ask for (docs/formats/control.md).
struct ControlRequest {
  enum class Do : std::uint8_t {
    status,
    flush,
    retry,
    catch_up,
    heartbeat,
    link,
    new_keys,
    renew_store,
    pauses,
    reload,
    forget,
    correct,
  };

  Do action = Do::status;
  std::vector<Heartbeat> heartbeats;  ///< of `heartbeat`; without ids
  ForgetQuery what{};                 ///< of `forget`
  CorrectionChange change{};          ///< of `correct`
};

/// Longest list of heartbeats in one request.
inline constexpr std::size_t kSubmittedMax = 10'000;

/// `malformed`: no such request, or a heartbeat, a condition or a correction that does not read;
/// the message names it.
[[nodiscard]] Result<ControlRequest> parse_request(std::string_view text);

/// `{"ok":true,NAME:number}`; without a name just `{"ok":true}`.
[[nodiscard]] std::string accepted(std::string_view name = {}, std::uint64_t number = 0);
[[nodiscard]] std::string refused(const Error& error);

}  // namespace vigil::agent
