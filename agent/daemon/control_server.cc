#include "agent/daemon/control_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace vigil::agent {

Result<ControlServer> ControlServer::listen(const std::string& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) {
    return fail(Errc::io, socket_path + ": longer than a socket's address may be");
  }
  socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return fail(Errc::busy, "no socket to be had");
  ::unlink(socket_path.c_str());
  // The mode is set on the descriptor before bind, so that the name never has another one.
  ::fchmod(fd.get(), 0600);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(socket_path.c_str(), 0600) != 0 || ::listen(fd.get(), 16) != 0) {
    return fail(Errc::io, socket_path + ": " + std::generic_category().message(errno));
  }
  return ControlServer(std::move(fd), socket_path);
}

ControlServer::~ControlServer() {
  if (fd_) ::unlink(path_.c_str());
}

std::vector<int> ControlServer::wait_fds() const {
  std::vector<int> fds{fd_.get()};
  for (const auto& [id, client] : clients_) fds.push_back(client.fd.get());
  return fds;
}

std::vector<ControlServer::Request> ControlServer::take_requests() {
  accept_clients();
  std::vector<Request> requests;
  for (auto at = clients_.begin(); at != clients_.end();) {
    auto& [id, client] = *at;
    if (!read_from(client)) {
      at = clients_.erase(at);
      continue;
    }
    const auto end = client.received.find('\n');
    if (end != std::string::npos && !client.asked) {
      client.asked = true;
      requests.push_back({id, client.received.substr(0, end)});
    }
    ++at;
  }
  return requests;
}

void ControlServer::answer(std::uint64_t client, std::string text) {
  const auto at = clients_.find(client);
  if (at == clients_.end()) return;
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t done = ::send(at->second.fd.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (done <= 0) break;  // gone, or not reading: it is its own loss, never the daemon's wait
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
  clients_.erase(at);
}

void ControlServer::accept_clients() {
  for (;;) {
    UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) return;
    const int room = static_cast<int>(kControlLineMax);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (clients_.size() < kClientsMax) clients_[next_client_++].fd = std::move(fd);
  }
}

bool ControlServer::read_from(Client& client) {
  std::array<char, 16384> piece{};
  for (;;) {
    const ssize_t got = ::read(client.fd.get(), piece.data(), piece.size());
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    client.received.append(piece.data(), static_cast<std::size_t>(got));
    if (client.received.size() > kControlLineMax) return false;
  }
}

}  // namespace vigil::agent
