// Certificates that must be refused, and the one that must not, against Python's TLS server.

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "agent/delivery/http_transport.h"
#include "base/system_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace vigil;
using namespace vigil::agent;
using namespace vigil::test;

bool run(const std::string& command) {
  return std::system((command + " > /dev/null 2>&1").c_str()) == 0;
}

/// A self-signed certificate for `name` (as subjectAltName) in `<stem>.pem` and `<stem>.key`.
bool make_certificate(const std::string& stem, const std::string& name, int days) {
  return run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test" +
             (" -addext subjectAltName=" + name) + " -days " + std::to_string(days) + " -keyout " +
             stem + ".key -out " + stem + ".pem");
}

constexpr const char* kServer = R"py(
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2] + ".pem", sys.argv[2] + ".key")
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
)py";

/// Serves on a free port and answers every POST with 200.
class TlsServer {
 public:
  explicit TlsServer(const std::string& stem) {
    // The port of a server that just ended is free, and nobody else here takes ports.
    const std::string url = LoopbackServer([](int, const std::string&) { return true; }).url();
    port_ = url.substr(url.rfind(':') + 1);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execl("/usr/bin/python3", "python3", "-c", kServer, port_.c_str(), stem.c_str(), nullptr);
      ::_exit(127);
    }
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + port_ + "/x"; }

 private:
  std::string port_;
  pid_t pid_ = -1;
};

Result<HttpAnswer> exchange_once(const std::string& url, const std::string& ca_file) {
  SystemClock clock;
  HttpTransport transport(clock, 1);
  HttpRequest request;
  request.url = url;
  request.ca_file = ca_file;
  request.total_timeout = std::chrono::seconds(3);
  REQUIRE(transport.send(request));
  pollfd waiting{transport.wake_fd(), POLLIN, 0};
  REQUIRE(::poll(&waiting, 1, 10'000) == 1);
  return std::move(transport.take().at(0).answer);
}

/// Until the server listens.
Result<HttpAnswer> exchange(const std::string& url, const std::string& ca_file) {
  auto answer = exchange_once(url, ca_file);
  for (int i = 0; i < 200 && !answer && answer.error().message == "cannot connect"; ++i) {
    ::poll(nullptr, 0, 20);
    answer = exchange_once(url, ca_file);
  }
  return answer;
}

}  // namespace

TEST_CASE("only a certificate of a trusted authority for this very host is accepted",
          "[delivery][io]") {
  TemporaryDirectory directory;
  const std::string good = directory.file("good");
  const std::string other = directory.file("other");
  if (!make_certificate(good, "IP:127.0.0.1", 1) || !make_certificate(other, "DNS:hub.test", 1)) {
    WARN("skipped: no openssl program");
    return;
  }
  SECTION("the right one") {
    TlsServer server(good);
    const auto answer = exchange(server.url(), good + ".pem");
    REQUIRE(answer);
    CHECK(answer->body == "ok");
  }
  SECTION("an unknown authority") {
    TlsServer server(good);
    CHECK(exchange(server.url(), other + ".pem").error().code == Errc::denied);
    CHECK(exchange(server.url(), "").error().code == Errc::denied);
  }
  SECTION("another host's") {
    TlsServer server(other);
    CHECK(exchange(server.url(), other + ".pem").error().code == Errc::denied);
  }
  SECTION("a CA file that is none") {
    TlsServer server(good);
    const auto answer = exchange(server.url(), directory.file("absent.pem"));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Errc::denied);
  }
  SECTION("no TLS at all") {
    LoopbackServer plain([](int, const std::string&) { return false; });
    const auto answer = exchange("https" + plain.url().substr(4), good + ".pem");
    CHECK_FALSE(answer);
  }
}
