#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/hub/correction_request.h"
#include "agent/hub/http_listener.h"
#include "agent/hub/rate_limit.h"
#include "agent/hub/registry.h"
#include "agent/hub/store/activity_time.h"
#include "agent/hub/store/forget.h"
#include "base/clock.h"
#include "base/file_system.h"
#include "base/random.h"
#include "base/result.h"

namespace vigil::agent {

/// Everything that makes one hub differ from another.
struct HubOptions {
  std::string store_path;             ///< hub.db; its folder must exist
  std::string registry_path;          ///< empty: registry.json beside the store
  std::string address = "127.0.0.1";  ///< IP address, without brackets
  std::uint16_t port = 4821;          ///< 0: any
  PortTaken port_taken = PortTaken::fail;
  std::vector<std::string> names;    ///< host names beside the loopback ones
  std::vector<std::string> origins;  ///< of foreign pages that may read the API
  std::string tls_cert;              ///< PEM files; both or none
  std::string tls_key;
  std::string
      trusted_proxy;  ///< address of the proxy in front; only it and loopback may connect then
  std::string default_zone = "UTC";  ///< IANA name; for queries that name none
  RateLimits rates;
  TimeLimits times;
  ListenerLimits limits;
  std::string settings = R"({"items":[]})";  ///< what GET /api/v1/settings answers
  std::vector<SourceKey> own;  ///< of the agent in the same process: allowed, and never limited
};

/// The ingest endpoint with its store, statistics and page: embedded in `agent run`, or alone.
/// Three threads: the listener's, one that writes the store, one that reads it. Functions may be
/// called from any thread.
class HubServer {
 public:
  /// What it needs of the machine; must outlive it.
  struct World {
    FileSystem& files;
    const Clock& clock;
    Random& random;
  };

  /// Opens or makes the store and the registry and serves. `denied`: an address other than
  /// loopback without TLS or proxy; `busy`: the port or the store is taken; `malformed`: options,
  /// registry or store cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<HubServer>> start(HubOptions options, World world);

  /// As stop(), with a grace of a second.
  ~HubServer();

  [[nodiscard]] std::uint16_t port() const;

  /// `http://127.0.0.1:4821`, for this machine.
  [[nodiscard]] std::string url() const;

  /// Of the store as it was opened.
  [[nodiscard]] const std::string& store_id() const;

  /// A link that signs a browser in, once, within a minute.
  [[nodiscard]] std::string new_login_link();

  /// After a rotation.
  void set_own_keys(std::vector<SourceKey> own);

  /// After the settings were read anew: what GET /api/v1/settings answers from now on.
  void set_settings(std::string settings);

  /// Somebody found the store damaged: it gives way to a new one, which takes over what can be
  /// read.
  void renew_store();

  /// Erases heartbeats (HubStore::forget) once the writer has answered what came before; returns at
  /// once. Who wants to know when it is done looks into the store.
  void forget(ForgetQuery query);

  /// Makes or undoes a correction, likewise.
  void correct(CorrectionChange change);

  /// Answers what it has taken, for at most about `grace` each for the listener and the writer, and
  /// closes the store. What was answered with 200 is stored; the rest is the sender's to repeat.
  void stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit HubServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
