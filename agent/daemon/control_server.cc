#include "agent/daemon/control_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <system_error>

#include "agent/daemon/control_address.h"

namespace vigil::agent {
namespace {

constexpr int kBacklog = 16;

}  // namespace

Result<ControlServer> ControlServer::listen(const std::string& socket_path) {
  const auto address = VIGIL_TRY(ControlAddress::of(socket_path));
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return fail(Errc::busy, "no socket to be had");
  ::unlink(socket_path.c_str());
  // The mode is set on the descriptor before bind, so that the name never has another one.
  ::fchmod(fd.get(), 0600);
  if (::bind(fd.get(), address.address(), ControlAddress::size()) != 0 ||
      ::chmod(socket_path.c_str(), 0600) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    return fail(Errc::io, socket_path + ": " + std::generic_category().message(errno));
  }
  return ControlServer(std::move(fd), socket_path);
}

ControlServer::~ControlServer() {
  if (fd_) ::unlink(path_.c_str());
}

std::vector<int> ControlServer::wait_fds() const {
  std::vector<int> fds;
  if (is_accepting_) fds.push_back(fd_.get());
  for (const auto& [id, client] : clients_) {
    if (!client.said_all) fds.push_back(client.fd.get());
  }
  return fds;
}

std::vector<ControlServer::Request> ControlServer::take_requests() {
  accept_clients();
  std::vector<Request> requests;
  for (auto at = clients_.begin(); at != clients_.end();) {
    auto& [id, client] = *at;
    if (read_from(client) == Peer::gone) {
      at = clients_.erase(at);
      continue;
    }
    const auto end = client.asked ? std::string::npos : client.received.find('\n');
    if (end != std::string::npos) {
      client.asked = true;
      requests.push_back({id, client.received.substr(0, end)});
      client.received = {};
    }
    // Without a whole request nothing will come of it.
    at = client.said_all && !client.asked ? clients_.erase(at) : std::next(at);
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
    // Out of descriptors or memory, a waiting client would make poll(2) return at once for ever.
    is_accepting_ = fd || errno == EAGAIN || errno == ECONNABORTED || errno == EINTR;
    if (!fd) return;
    const int room = static_cast<int>(kControlLineMax);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (make_room()) clients_[next_client_++].fd = std::move(fd);
  }
}

bool ControlServer::make_room() {
  if (clients_.size() < kClientsMax) return true;
  const auto silent =
      std::ranges::find_if(clients_, [](const auto& client) { return !client.second.asked; });
  if (silent == clients_.end()) return false;
  clients_.erase(silent);
  return true;
}

ControlServer::Peer ControlServer::read_from(Client& client) {
  if (client.said_all) {
    pollfd peer{client.fd.get(), 0, 0};
    return ::poll(&peer, 1, 0) > 0 && (peer.revents & POLLHUP) != 0 ? Peer::gone : Peer::there;
  }
  std::array<char, 16384> piece{};
  for (;;) {
    const ssize_t got = ::read(client.fd.get(), piece.data(), piece.size());
    if (got < 0) return errno == EAGAIN || errno == EINTR ? Peer::there : Peer::gone;
    if (got == 0) {
      client.said_all = true;
      return Peer::there;
    }
    client.received.append(piece.data(), static_cast<std::size_t>(got));
    if (client.received.size() > kControlLineMax) return Peer::gone;
  }
}

}  // namespace vigil::agent
