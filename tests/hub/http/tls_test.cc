// TLS with the openssl program as an independent client.

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/hub/http/hub_fixture.h"

namespace vigil::agent::test {
namespace {

std::string output_of(const std::string& command) {
  std::string out;
  FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
  ::pclose(pipe);
  return out;
}

struct Certificate {
  Certificate() {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " +
        key + " -out " + cert + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  vigil::test::TemporaryDirectory folder;
  std::string cert = folder.file("cert.pem");
  std::string key = folder.file("key.pem");
};

std::string ask(const TestHub& hub, const Certificate& certificate, const std::string& more = {}) {
  return output_of(
      "printf 'GET /health HTTP/1.1\\r\\nHost: localhost:" + std::to_string(hub.port()) +
      "\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client -quiet -verify_return_error "
      "-CAfile " +
      certificate.cert + " -connect 127.0.0.1:" + std::to_string(hub.port()) + " " + more +
      " 2>/dev/null");
}

TEST_CASE("with a certificate the hub speaks TLS, and nothing older than 1.2", "[hub][io]") {
  const Certificate certificate;
  HubOptions options;
  options.tls_cert = certificate.cert;
  options.tls_key = certificate.key;
  TestHub hub(std::move(options));
  CHECK(hub.server().url().starts_with("https://127.0.0.1:"));
  CHECK(ask(hub, certificate).contains(R"({"status":"ok"})"));
  CHECK_FALSE(ask(hub, certificate, "-tls1_1").contains("status"));
  RawClient plain(hub.port());
  plain.send(request_text("GET", "/health", hub.authority(), {}));
  CHECK(plain.is_closed());
}

TEST_CASE("a certificate without its key, or one that is none, is refused by name", "[hub][io]") {
  const Certificate certificate;
  HubOptions options;
  options.tls_cert = certificate.cert;
  CHECK_THROWS_WITH(TestHub(options), Catch::Contains("belong together"));
  options.tls_key = certificate.cert;
  CHECK_THROWS_WITH(TestHub(options), Catch::Contains(certificate.cert));
}

TEST_CASE("behind a proxy the hub is known by the proxy's name and scheme", "[hub][io]") {
  HubOptions options;
  options.address = "0.0.0.0";
  options.trusted_proxy = "192.0.2.1";
  options.names = {"hub.example"};
  TestHub hub(std::move(options));
  const auto health = [&](const std::string& origin) {
    return hub.exchange(request_text("GET", "/health", "hub.example", {{"Origin", origin}})).status;
  };
  CHECK(health("https://hub.example") == 200);
  CHECK(health("http://hub.example") == 403);
}

}  // namespace
}  // namespace vigil::agent::test
