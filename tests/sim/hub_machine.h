#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/hub/hub_writer.h"
#include "agent/hub/strict_sources.h"
#include "base/clock.h"
#include "crypto/ed25519.h"
#include "tests/sim/sim_disk.h"

namespace vigil::sim {

/// The hub between the bytes of a request and the stored row, on a simulated disk: the program's
/// own gate, writer and store. The writer's thread is left out; its step() is called instead.
class HubMachine {
 public:
  struct World {
    SimDisk& disk;
    const Clock& clock;
    Random& random;
    std::string source_line;  ///< `source:base64key` of the one agent
  };

  explicit HubMachine(World world);
  ~HubMachine();

  /// As when the service manager starts it. An error leaves it down.
  Result<void> start();
  void stop();
  [[nodiscard]] bool is_up() const { return parts_ != nullptr; }

  /// The answer; nothing where the hub died over it or is down. `request` as framed by a listener.
  [[nodiscard]] std::optional<agent::Response> serve(agent::Request request);

  /// What the writer does when nothing comes in.
  void roll_up(WallTime before);

  [[nodiscard]] static std::string store_path() { return "/hub/hub.db"; }

 private:
  struct Parts;
  World world_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace vigil::sim
