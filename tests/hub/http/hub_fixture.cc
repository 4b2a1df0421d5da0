#include "tests/hub/http/hub_fixture.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "agent/heartbeat/batch_json.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/registry_file.h"
#include "base/encoding.h"
#include "crypto/batch_signature.h"
#include "parser/log_parser.h"
#include "tests/hub/store/sample_heartbeats.h"

namespace vigil::agent::test {
namespace {

constexpr int kPatienceMs = 5'000;

crypto::KeyPair key_from(std::uint8_t seed) {
  std::array<std::byte, crypto::kSeedSize> bytes{};
  bytes.fill(std::byte{seed});
  return *crypto::KeyPair::from_seed(bytes);
}

}  // namespace

void CountingRandom::fill(std::span<std::byte> out) {
  for (auto& byte : out) byte = std::byte{next_++};
}

Sender::Sender(std::uint8_t seed, std::string source)
    : source_(std::move(source)), key_(key_from(seed)) {}

std::string Sender::line() const {
  return source_ + ":" + to_base64(key_.public_key());
}

std::vector<Header> Sender::headers_v0(std::string_view body) const {
  return {{"Content-Type", "application/json"},
          {"X-Source-ID", source_},
          {"X-Signature", crypto::sign_v0(key_, body)}};
}

std::vector<Header> Sender::headers_v1(std::string_view body, std::string_view batch,
                                       std::string_view authority, WallTime now) const {
  auto headers = headers_v0(body);
  const std::int64_t timestamp = unix_ms(now) / 1'000;
  const Digest digest = sha256(body);
  const crypto::SignedRequest request{.method = "POST",
                                      .authority = authority,
                                      .path = "/api/v1/ingest",
                                      .source = source_,
                                      .batch = batch,
                                      .timestamp = timestamp,
                                      .body_digest = digest};
  const std::array keys{&key_};
  headers.emplace_back("X-Key-ID", crypto::key_id(key_.public_key()));
  headers.emplace_back("X-Timestamp", std::to_string(timestamp));
  headers.emplace_back("Idempotency-Key", "\"" + std::string(batch) + "\"");
  headers.emplace_back("Content-Digest", crypto::content_digest(digest));
  headers.emplace_back("X-Signature-V1", crypto::sign_v1(keys, request));
  return headers;
}

Request Sender::request(std::string body, std::vector<Header> headers,
                        std::string_view authority) const {
  Request request;
  request.method = "POST";
  request.target = request.path = "/api/v1/ingest";
  request.headers = std::move(headers);
  request.headers.emplace_back("Host", authority);
  request.body = std::move(body);
  request.body.reserve(request.body.size() + parser::kLinePadding);
  return request;
}

std::string batch_body(const std::string& source, const std::string& batch,
                       std::span<const Heartbeat> heartbeats) {
  BatchWriter writer({.source = SourceId(source),
                      .instance = "instance1",
                      .lane = "live",
                      .batch = BatchId(batch),
                      .seq = 1,
                      .prev = {},
                      .created = from_unix_ms(1'700'000'000'000),
                      .split_of = {}});
  for (const auto& heartbeat : heartbeats) writer.add(to_json(heartbeat));
  return std::move(writer).finish();
}

std::string sample_body(const std::string& source, const std::string& batch, std::size_t events,
                        std::uint64_t seed) {
  SampleShape shape;
  shape.count = events;
  return batch_body(source, batch, sample_heartbeats(seed, shape));
}

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof generic);
  if (::connect(fd_.get(), &generic, sizeof generic) != 0) throw std::runtime_error("connect");
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // closed by the server; receive() will tell
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool RawClient::fill() {
  pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, kPatienceMs) <= 0) return false;
  std::array<char, 65'536> piece{};
  const ssize_t got = ::recv(fd_.get(), piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

bool RawClient::is_closed() {
  while (fill()) {
  }
  pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  char byte = 0;
  return ::poll(&waiting, 1, 0) > 0 && ::recv(fd_.get(), &byte, 1, 0) <= 0;
}

std::string RawClient::receive_until(std::string_view text) {
  while (!buffer_.contains(text) && fill()) {
  }
  return buffer_;
}

bool RawClient::read_chunks(std::string& body) {
  for (;;) {
    std::size_t end = buffer_.find("\r\n");
    while (end == std::string::npos) {
      if (!fill()) return false;
      end = buffer_.find("\r\n");
    }
    std::size_t size = 0;
    std::from_chars(buffer_.data(), buffer_.data() + end, size, 16);
    while (buffer_.size() < end + 2 + size + 2) {
      if (!fill()) return false;
    }
    body += buffer_.substr(end + 2, size);
    buffer_.erase(0, end + 2 + size + 2);
    if (size == 0) return true;
  }
}

std::optional<Answer> RawClient::receive() {
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!fill()) return std::nullopt;
    end = buffer_.find("\r\n\r\n");
  }
  Answer answer;
  std::string_view head = std::string_view(buffer_).substr(0, end + 2);
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::size_t line = head.find("\r\n");
    const std::size_t colon = head.find(": ");
    answer.headers.emplace_back(head.substr(0, colon), head.substr(colon + 2, line - colon - 2));
    head.remove_prefix(line + 2);
  }
  buffer_.erase(0, end + 4);
  if (answer.header("Transfer-Encoding") == "chunked") {
    if (!read_chunks(answer.body)) return std::nullopt;
    return answer;
  }
  std::size_t length = 0;
  const auto text = answer.header("Content-Length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  while (buffer_.size() < length) {
    if (!fill()) return std::nullopt;
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

std::string request_text(std::string_view method, std::string_view target,
                         std::string_view authority, const std::vector<Header>& headers,
                         std::string_view body) {
  std::string text;
  text.append(method)
      .append(" ")
      .append(target)
      .append(" HTTP/1.1\r\nHost: ")
      .append(authority)
      .append("\r\n");
  for (const auto& [name, value] : headers)
    text.append(name).append(": ").append(value).append("\r\n");
  if (method == "POST")
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return text.append("\r\n").append(body);
}

TestHub::TestHub(HubOptions options) {
  options.store_path = folder.file("hub.db");
  options.port = 0;
  auto server =
      HubServer::start(std::move(options), {.files = files, .clock = clock, .random = random});
  if (!server) throw std::runtime_error(server.error().message);
  server_ = *std::move(server);
}

void TestHub::allow(const Sender& sender) {
  RegistryFile registry(files, folder.file("registry.json"));
  const auto done = registry.update([&](Registry& to) -> Result<void> {
    VIGIL_TRY(allow_source(to, sender.line(), clock.wall_now()));
    return {};
  });
  if (!done) throw std::runtime_error(done.error().message);
}

void TestHub::revoke(const Sender& sender) {
  RegistryFile registry(files, folder.file("registry.json"));
  const auto done = registry.update([&](Registry& to) -> Result<void> {
    VIGIL_TRY(revoke_source(to, SourceId(sender.source())));
    return {};
  });
  if (!done) throw std::runtime_error(done.error().message);
}

std::string TestHub::token() {
  if (token_.empty()) {
    RegistryFile registry(files, folder.file("registry.json"));
    token_ = *ensure_cli_token(registry, files, folder.file("token"), random, clock);
  }
  return "Bearer " + token_;
}

Answer TestHub::exchange(std::string_view bytes) {
  RawClient client(port());
  client.send(bytes);
  return client.receive().value_or(Answer{});
}

Answer TestHub::get(std::string_view target) {
  return exchange(request_text("GET", target, authority(), {{"Authorization", token()}}));
}

Answer TestHub::post_batch(const Sender& sender, const std::string& body, std::string_view batch) {
  return exchange(request_text("POST", "/api/v1/ingest", authority(),
                               sender.headers_v1(body, batch, authority(), clock.wall_now()),
                               body));
}

}  // namespace vigil::agent::test
