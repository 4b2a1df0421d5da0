#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/http_message.h"
#include "agent/hub/hub_server.h"
#include "base/posix_file_system.h"
#include "base/unique_fd.h"
#include "crypto/ed25519.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent::test {

/// Bytes that a test can foretell.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;

 private:
  std::uint8_t next_ = 1;
};

/// A sender with a key made from one byte.
class Sender {
 public:
  explicit Sender(std::uint8_t seed, std::string source = "laptop");

  [[nodiscard]] const std::string& source() const { return source_; }
  [[nodiscard]] const crypto::KeyPair& key() const { return key_; }
  [[nodiscard]] std::string line() const;  ///< for allow_source

  [[nodiscard]] std::vector<Header> headers_v0(std::string_view body) const;
  [[nodiscard]] std::vector<Header> headers_v1(std::string_view body, std::string_view batch,
                                               std::string_view authority, WallTime now) const;

  /// A request as the listener would hand it on.
  [[nodiscard]] Request request(std::string body, std::vector<Header> headers,
                                std::string_view authority) const;

 private:
  std::string source_;
  crypto::KeyPair key_;
};

/// An envelope around sample heartbeats.
[[nodiscard]] std::string sample_body(const std::string& source, const std::string& batch,
                                      std::size_t events, std::uint64_t seed = 1);
[[nodiscard]] std::string batch_body(const std::string& source, const std::string& batch,
                                     std::span<const Heartbeat> heartbeats);

/// What a server answered.
struct Answer {
  int status = 0;
  std::vector<Header> headers;
  std::string body;  ///< chunks put together

  [[nodiscard]] std::string_view header(std::string_view name) const {
    return find_header(headers, name);
  }
};

/// A blocking client that sends exactly the bytes it is told.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);

  void send(std::string_view bytes);
  /// The next answer; nothing when the connection was closed or stays silent for 5 s.
  [[nodiscard]] std::optional<Answer> receive();
  /// Reads until `text` has come; what was read so far.
  [[nodiscard]] std::string receive_until(std::string_view text);
  /// Whether the server has closed the connection (waits up to 5 s for it).
  [[nodiscard]] bool is_closed();
  void close() { fd_.reset(); }

 private:
  [[nodiscard]] bool fill();
  [[nodiscard]] bool read_chunks(std::string& body);
  UniqueFd fd_;
  std::string buffer_;
};

/// A request's bytes: head with Host, and a body with its length.
[[nodiscard]] std::string request_text(std::string_view method, std::string_view target,
                                       std::string_view authority,
                                       const std::vector<Header>& headers,
                                       std::string_view body = {});

/// A hub on a free port, in a folder of its own, with a clock that stands still.
class TestHub {
 public:
  explicit TestHub(HubOptions options = {});

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(port()); }
  void allow(const Sender& sender);
  void revoke(const Sender& sender);
  [[nodiscard]] std::string token();  ///< value of an Authorization header

  [[nodiscard]] Answer exchange(std::string_view bytes);
  [[nodiscard]] Answer get(std::string_view target);  ///< with the token
  [[nodiscard]] Answer post_batch(const Sender& sender, const std::string& body,
                                  std::string_view batch);

  vigil::test::TemporaryDirectory folder;
  vigil::test::ManualClock clock;
  PosixFileSystem files;
  CountingRandom random;
  [[nodiscard]] HubServer& server() { return *server_; }
  void stop() { server_.reset(); }

 private:
  std::unique_ptr<HubServer> server_;
  std::string token_;
};

}  // namespace vigil::agent::test
