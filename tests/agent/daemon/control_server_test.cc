#include "agent/daemon/control_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "agent/daemon/control_address.h"
#include "agent/daemon/control_client.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;

UniqueFd connect_to(const std::string& path) {
  const auto address = ControlAddress::of(path).value();
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(fd.get(), address.address(), ControlAddress::size()) == 0);
  return fd;
}

void say(const UniqueFd& fd, std::string_view text) {
  REQUIRE(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(text.size()));
}

/// Everything until the other side hangs up.
std::string hear(const UniqueFd& fd) {
  std::string heard;
  std::array<char, 256> piece{};
  for (ssize_t got = 0; (got = ::read(fd.get(), piece.data(), piece.size())) > 0;) {
    heard.append(piece.data(), static_cast<std::size_t>(got));
  }
  return heard;
}

struct Served {
  test::TemporaryDirectory folder;
  std::string path = folder.file("agent.sock");
  ControlServer server = ControlServer::listen(path).value();

  std::string only_request() {
    const auto requests = server.take_requests();
    REQUIRE(requests.size() == 1);
    asked = requests[0].client;
    return requests[0].text;
  }
  std::uint64_t asked = 0;
};

TEST_CASE("a request is one line, however it arrives", "[daemon][io]") {
  Served served;
  const auto client = connect_to(served.path);
  say(client, R"({"do":)");
  CHECK(served.server.take_requests().empty());
  say(client, "\"status\"}");
  CHECK(served.server.take_requests().empty());
  say(client, "\n");
  CHECK(served.only_request() == R"({"do":"status"})");
  CHECK(served.server.take_requests().empty());
  served.server.answer(served.asked, R"({"ok":true})");
  CHECK(hear(client) == "{\"ok\":true}\n");
  CHECK(served.server.clients() == 0);
}

TEST_CASE("a client that has said all it will still gets its answer", "[daemon][io]") {
  Served served;
  const auto client = connect_to(served.path);
  say(client, "ask\n");
  ::shutdown(client.get(), SHUT_WR);
  CHECK(served.only_request() == "ask");
  CHECK(served.server.wait_fds().size() == 1);  // it would be readable for ever
  CHECK(served.server.take_requests().empty());
  served.server.answer(served.asked, "answer");
  CHECK(hear(client) == "answer\n");
}

TEST_CASE("a client that hangs up is forgotten", "[daemon][io]") {
  Served served;
  auto client = connect_to(served.path);
  SECTION("before it asked") {
    say(client, "as");
  }
  SECTION("while it waits for the answer") {
    say(client, "ask\n");
    CHECK(served.only_request() == "ask");
  }
  CHECK(served.server.take_requests().empty());
  CHECK(served.server.clients() == 1);
  client.reset();
  CHECK(served.server.take_requests().empty());
  CHECK(served.server.take_requests().empty());
  CHECK(served.server.clients() == 0);
  CHECK(served.server.wait_fds().size() == 1);
  served.server.answer(served.asked, "to nobody");
}

TEST_CASE("a line one byte too long ends its connection", "[daemon][io]") {
  Served served;
  const auto client = connect_to(served.path);
  const std::string piece(64 * 1024, 'x');
  for (std::size_t sent = 0; sent < kControlLineMax; sent += piece.size()) {
    say(client, piece);
    CHECK(served.server.take_requests().empty());
  }
  CHECK(served.server.clients() == 1);
  say(client, "x");
  CHECK(served.server.take_requests().empty());
  CHECK(served.server.clients() == 0);
}

TEST_CASE("one client too many takes the place of the oldest that has not asked", "[daemon][io]") {
  Served served;
  std::vector<UniqueFd> clients;
  for (std::size_t i = 0; i < ControlServer::kClientsMax; ++i) {
    clients.push_back(connect_to(served.path));
    CHECK(served.server.take_requests().empty());
  }
  say(clients[0], "first\n");
  CHECK(served.only_request() == "first");
  clients.push_back(connect_to(served.path));
  say(clients.back(), "last\n");
  CHECK(served.only_request() == "last");
  CHECK(served.server.clients() == ControlServer::kClientsMax);
  CHECK(hear(clients[1]).empty());  // hung up on

  SECTION("where all have asked, the newest is turned away") {
    for (std::size_t i = 2; i < ControlServer::kClientsMax; ++i) say(clients[i], "ask\n");
    CHECK(served.server.take_requests().size() == ControlServer::kClientsMax - 2);
    const auto late = connect_to(served.path);
    CHECK(served.server.take_requests().empty());
    CHECK(hear(late).empty());
    CHECK(served.server.clients() == ControlServer::kClientsMax);
  }
}

TEST_CASE("the socket is its owner's alone, replaces a dead one and goes with the server",
          "[daemon][io]") {
  const test::TemporaryDirectory folder;
  // 107 bytes is as much as an address holds; the second name is far beyond.
  const std::string deep = GENERATE(as<std::string>{}, "", std::string(150, 'd'));
  const std::string home = folder.file(deep);
  std::filesystem::create_directories(home);
  const std::string path = home + "/agent.sock";
  {
    const auto dead = ControlServer::listen(path);
    REQUIRE(dead);
    auto server = ControlServer::listen(path).value();
    struct stat stat{};
    REQUIRE(::lstat(path.c_str(), &stat) == 0);
    CHECK((stat.st_mode & 07777U) == 0600U);
    const auto client = connect_to(path);
    say(client, "ask\n");
    CHECK(server.take_requests().size() == 1);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("asking returns the answer's line", "[daemon][io]") {
  Served served;
  Result<std::string> answer;
  std::thread client([&] { answer = ask_daemon(served.path, R"({"do":"status"})", 10s); });
  std::vector<ControlServer::Request> requests;
  while (requests.empty()) requests = served.server.take_requests();
  CHECK(requests[0].text == R"({"do":"status"})");
  const std::string big(100'000, 'x');
  served.server.answer(requests[0].client, big);
  client.join();
  REQUIRE(answer);
  CHECK(*answer == big);
}

TEST_CASE("asking where nobody answers says so", "[daemon][io]") {
  const test::TemporaryDirectory folder;
  const auto none = ask_daemon(folder.file("agent.sock"), "{}", 1s);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::unavailable);
  const auto silent = ControlServer::listen(folder.file("silent.sock")).value();
  const auto unanswered = ask_daemon(folder.file("silent.sock"), "{}", 20ms);
  REQUIRE_FALSE(unanswered);
  CHECK(unanswered.error().message == "the agent did not answer in time");
}

TEST_CASE("a path too long for a socket moves to the runtime folder, where there is one",
          "[daemon]") {
  CHECK(control_socket_path("/s", "/run/user/7") == "/s/agent.sock");
  const std::string deep = "/" + std::string(120, 'd');
  const std::string moved = control_socket_path(deep, "/run/user/7");
  CHECK(moved.starts_with("/run/user/7/vigil-"));
  CHECK(moved.size() == std::string("/run/user/7/vigil-.sock").size() + 16);
  CHECK(control_socket_path(deep, "") == deep + "/agent.sock");
}

}  // namespace
}  // namespace vigil::agent
