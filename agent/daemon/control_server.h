#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vigil::agent {

/// Longest request or answer on the control socket, in bytes.
inline constexpr std::size_t kControlLineMax = 4 * 1024 * 1024;

/// The daemon's side of the control socket: one JSON object per line in, one per line out. Owned
/// and stepped by the core thread; never blocks.
class ControlServer {
 public:
  static constexpr std::size_t kClientsMax = 32;

  [[nodiscard]] std::size_t clients() const { return clients_.size(); }

  struct Request {
    std::uint64_t client = 0;
    std::string text;
  };

  /// Listens at `socket_path` with mode 0600, taking the place of a socket that a killed agent left
  /// (the caller holds the state lock, so nobody listens there).
  [[nodiscard]] static Result<ControlServer> listen(const std::string& socket_path);

  ControlServer(ControlServer&&) noexcept = default;
  ControlServer& operator=(ControlServer&&) noexcept = default;
  ~ControlServer();

  /// Descriptors that poll(2) should wait on for reading. Clients that have said all they will are
  /// not among them: they would be readable for ever.
  [[nodiscard]] std::vector<int> wait_fds() const;

  /// Accepts, reads, and returns the requests that are complete. Beyond kClientsMax the oldest that
  /// has not asked yet gives way, and where all have asked the newest is turned away. A client
  /// whose line exceeds kControlLineMax is dropped.
  [[nodiscard]] std::vector<Request> take_requests();

  /// Answers and hangs up. A client that has gone is ignored.
  void answer(std::uint64_t client, std::string text);

 private:
  struct Client {
    UniqueFd fd;
    std::string received;
    bool asked = false;     ///< its request was handed out; the answer is awaited
    bool said_all = false;  ///< it has closed its sending side, and may still wait for an answer
  };

  ControlServer(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  enum class Peer : std::uint8_t { there, gone };
  void accept_clients();
  [[nodiscard]] bool make_room();
  [[nodiscard]] static Peer read_from(Client& client);

  UniqueFd fd_;
  std::string path_;
  bool is_accepting_ =
      true;  ///< false: no descriptor was left for a client; tried at the next wake-up
  std::uint64_t next_client_ = 1;
  std::map<std::uint64_t, Client> clients_;
};

}  // namespace vigil::agent
