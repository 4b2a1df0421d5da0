// The library's own way through a proxy waits for ever, on a lock that it holds itself, where the
// proxy refuses and closes the connection, as most do. So we open the tunnel ourselves, at the
// point at which the library believes that it connects, and it never hears of a proxy.

#include "agent/delivery/http_client.h"

#include <httplib.h>
#include <sys/socket.h>

#include <span>
#include <utility>

#include "agent/delivery/proxy.h"
#include "base/encoding.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kTunnelAnswerMax = 16 * 1024;

std::string tunnel_request(const std::string& host, int port, const Proxy& proxy) {
  const bool is_v6 = host.find(':') != std::string::npos;
  const std::string to = (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
  std::string text = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n";
  if (!proxy.user.empty()) {
    const std::string credentials = proxy.user + ":" + proxy.password;
    text +=
        "Proxy-Authorization: Basic " + to_base64(std::as_bytes(std::span(credentials))) + "\r\n";
  }
  return text + "\r\n";
}

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// The head of an answer, byte by byte: what follows it is the other end's.
std::string receive_head(int socket) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    char letter = 0;
    const ssize_t got = ::recv(socket, &letter, 1, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || head.size() == kTunnelAnswerMax) return {};
    head += letter;
  }
  return head;
}

bool is_success(std::string_view head) {
  return head.size() > 12 && head.starts_with("HTTP/1.") && head[8] == ' ' && head[9] == '2';
}

class TunnelClient final : public httplib::SSLClient {
 public:
  TunnelClient(const std::string& host, int port, Proxy proxy)
      : SSLClient(host, port), proxy_(std::move(proxy)) {}

 private:
  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    set_proxy(proxy_.host, proxy_.port);
    // SSLClient's would ask the proxy itself, and hang where that refuses.
    // NOLINTNEXTLINE(bugprone-parent-virtual-call)
    const bool is_connected = ClientImpl::create_and_connect_socket(socket, error);
    set_proxy({}, -1);
    if (!is_connected) return false;
    if (send_all(socket.sock, tunnel_request(host_, port_, proxy_)) &&
        is_success(receive_head(socket.sock))) {
      return true;
    }
    shutdown_socket(socket);
    close_socket(socket);
    error = httplib::Error::Connection;
    return false;
  }

  Proxy proxy_;
};

Result<std::unique_ptr<httplib::SSLClient>> make_tls_client(const Url& url,
                                                            std::string_view proxy) {
  if (proxy.empty()) return std::make_unique<httplib::SSLClient>(url.host, url.port);
  auto parsed = parse_proxy(proxy);
  if (!parsed) return fail(Errc::malformed, "not the address of an http proxy");
  return std::make_unique<TunnelClient>(url.host, url.port, *std::move(parsed));
}

}  // namespace

Result<std::unique_ptr<httplib::ClientImpl>> make_http_client(const Url& url,
                                                              const std::string& ca_file,
                                                              std::string_view proxy) {
  std::unique_ptr<httplib::ClientImpl> client;
  if (url.scheme == "https") {
    auto tls = VIGIL_TRY(make_tls_client(url, proxy));
    if (!tls->is_valid()) return fail(Errc::unavailable, "TLS: cannot be set up");
    SSL_CTX_set_min_proto_version(tls->ssl_context(), TLS1_2_VERSION);
    tls->enable_server_certificate_verification(true);
    if (!ca_file.empty()) tls->set_ca_cert_path(ca_file);
    client = std::move(tls);
  } else {
    client = std::make_unique<httplib::ClientImpl>(url.host, url.port);
  }
  client->set_tcp_nodelay(true);  // else head and body wait for each other: 44 ms a request
  client->set_follow_location(false);
  return client;
}

}  // namespace vigil::agent
