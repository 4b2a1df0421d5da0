#include "agent/daemon/control_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>

#include "agent/daemon/control_address.h"
#include "agent/daemon/control_server.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/file_system.h"
#include "base/unique_fd.h"

namespace vigil::agent {
namespace {

/// Connecting and sending wait no longer than this: a daemon that is stopped lets both hang.
void limit_waiting(int fd, std::chrono::milliseconds timeout) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const timeval limit{.tv_sec = seconds.count(),
                      .tv_usec = std::chrono::microseconds(timeout - seconds).count()};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Result<UniqueFd> connect_to(const std::string& socket_path, std::chrono::milliseconds timeout) {
  const auto address = VIGIL_TRY(ControlAddress::of(socket_path));
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return fail(Errc::busy, "no socket to be had");
  limit_waiting(fd.get(), timeout);
  if (::connect(fd.get(), address.address(), ControlAddress::size()) != 0) {
    return fail(Errc::unavailable, "no agent is running (" + socket_path + ": " +
                                       std::generic_category().message(errno) + ")");
  }
  return fd;
}

Result<void> send_line(int fd, std::string line) {
  line += '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t done = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail(Errc::unavailable, "the agent hung up");
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

}  // namespace

std::string control_socket_path(const std::string& state_dir, const std::string& runtime_dir) {
  std::string path = join_path(state_dir, "agent.sock");
  if (path.size() <= ControlAddress::kPathMax || runtime_dir.empty()) return path;
  const Digest digest = sha256(state_dir);
  return join_path(runtime_dir, "vigil-" + to_hex(std::span(digest).first<8>()) + ".sock");
}

Result<std::string> ask_daemon(const std::string& socket_path, std::string_view request,
                               std::chrono::milliseconds timeout) {
  const UniqueFd fd = VIGIL_TRY(connect_to(socket_path, timeout));
  VIGIL_TRY(send_line(fd.get(), std::string(request)));
  std::string answer;
  std::array<char, 4096> piece{};
  while (!answer.ends_with('\n')) {
    pollfd waiting{fd.get(), POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(timeout.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return fail(Errc::unavailable, "the agent did not answer in time");
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got <= 0) return fail(Errc::unavailable, "the agent hung up");
    answer.append(piece.data(), static_cast<std::size_t>(got));
    if (answer.size() > kControlLineMax) return fail(Errc::malformed, "the answer is too long");
  }
  answer.pop_back();
  return answer;
}

}  // namespace vigil::agent
