#include "tests/support/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>

#include "base/check.h"

namespace vigil::test {
namespace {

/// Bytes of the first complete request in `text`, 0 while there is none.
std::size_t complete_size(const std::string& text) {
  const auto head = text.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  const auto at = text.find(kLength);
  const std::size_t body =
      at == std::string::npos || at > head ? 0 : std::stoul(text.substr(at + kLength.size(), 12));
  return text.size() >= head + 4 + body ? head + 4 + body : 0;
}

}  // namespace

LoopbackServer::LoopbackServer(Handler handler)
    : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* raw = reinterpret_cast<sockaddr*>(&address);  // as the socket API wants it
  socklen_t size = sizeof address;
  check(::bind(listener_.get(), raw, size) == 0 && ::listen(listener_.get(), 64) == 0);
  check(::getsockname(listener_.get(), raw, &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (const auto& fd : open_) ::shutdown(fd.get(), SHUT_RDWR);
  for (auto& thread : threads_) thread.join();
}

std::string LoopbackServer::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

void LoopbackServer::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections_;
    const std::scoped_lock lock(mutex_);
    open_.emplace_back(fd);  // closed when the server goes: no number is used twice
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void LoopbackServer::serve(int fd) {
  std::string text;
  std::array<char, 16 * 1024> piece{};
  while (true) {
    const auto size = complete_size(text);
    if (size > 0) {
      if (!handler_(fd, text.substr(0, size))) break;
      text.erase(0, size);
      continue;
    }
    const auto got = ::recv(fd, piece.data(), piece.size(), 0);
    if (got <= 0) break;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  ::shutdown(fd, SHUT_RDWR);
}

void LoopbackServer::write(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void LoopbackServer::write_answer(int fd, int status, std::string_view body,
                                  std::string_view extra_headers) {
  write(fd, "HTTP/1.1 " + std::to_string(status) +
                " Answer\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
                std::string(extra_headers) + "\r\n" + std::string(body));
}

}  // namespace vigil::test
