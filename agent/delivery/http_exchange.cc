// The library's own stop() waits for a connection that is being made, and its timeouts begin anew
// with each byte; so whoever watches the clock shuts down the socket itself, through the breaker.

#include "agent/delivery/http_exchange.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/socket.h>

#include <utility>

#include "agent/config/address.h"
#include "agent/delivery/http_client.h"
#include "base/failpoint.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kUserAgent = "vigil/" VIGIL_VERSION;

std::string origin_of(const Url& url) {
  return url.scheme + "://" + url.host + ":" + std::to_string(url.port);
}

Error failure_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::BindIPAddress: return {Errc::unavailable, "cannot connect"};
    case httplib::Error::ConnectionTimeout: return {Errc::unavailable, "connecting took too long"};
    case httplib::Error::Read: return {Errc::unavailable, "no complete answer"};
    case httplib::Error::Write: return {Errc::unavailable, "the connection broke while sending"};
    case httplib::Error::SSLConnection: return {Errc::unavailable, "TLS: no agreement"};
    case httplib::Error::SSLLoadingCerts: return {Errc::denied, "TLS: cannot read the CA file"};
    case httplib::Error::SSLServerVerification:
      return {Errc::denied, "TLS: the certificate is not valid for this host"};
    case httplib::Error::Canceled: return {Errc::malformed, "the answer is too large"};
    default: return {Errc::unavailable, "the exchange failed"};
  }
}

/// What a stale kept connection may look like: the other side closed it while it was idle.
bool may_be_stale(const Result<HttpAnswer>& answer) {
  return !answer && answer.error().code == Errc::unavailable;
}

}  // namespace

void ExchangeBreaker::watch(int socket) {
  const std::scoped_lock lock(mutex_);
  socket_.reset(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (tripped_) ::shutdown(socket, SHUT_RDWR);
}

void ExchangeBreaker::release() {
  const std::scoped_lock lock(mutex_);
  socket_.reset();
}

void ExchangeBreaker::trip() {
  const std::scoped_lock lock(mutex_);
  tripped_ = true;
  if (socket_) ::shutdown(socket_.get(), SHUT_RDWR);
}

bool ExchangeBreaker::is_tripped() const {
  const std::scoped_lock lock(mutex_);
  return tripped_;
}

HttpConnection::HttpConnection(const HttpRequest& request)
    : ca_file_(request.ca_file), proxy_(request.proxy) {}

HttpConnection::~HttpConnection() = default;

Result<std::unique_ptr<HttpConnection>> HttpConnection::open(const HttpRequest& request) {
  std::unique_ptr<HttpConnection> made(new HttpConnection(request));  // private constructor
  VIGIL_TRY(made->prepare(request));
  return made;
}

Result<void> HttpConnection::prepare(const HttpRequest& request) {
  const auto url = parse_url(request.url);
  if (!url) return fail(Errc::malformed, "not an http or https address");
  if (!is_hub_url(request.url)) {
    return fail(Errc::denied, "plain http is for loopback addresses only");
  }
  origin_ = origin_of(*url);
  client_ = VIGIL_TRY(make_http_client(*url, ca_file_, proxy_));
  client_->set_keep_alive(true);
  client_->set_decompress(false);
  client_->set_socket_options([this](socket_t socket) {
    failpoint("http.connect");
    if (breaker_) breaker_->watch(socket);
  });
  return {};
}

bool HttpConnection::fits(const HttpRequest& request) const {
  const auto url = parse_url(request.url);
  return url && origin_of(*url) == origin_ && request.ca_file == ca_file_ &&
         request.proxy == proxy_;
}

Result<HttpAnswer> HttpConnection::exchange(const HttpRequest& request,
                                            std::shared_ptr<ExchangeBreaker> breaker) {
  breaker_ = std::move(breaker);
  const bool kept = client_->is_socket_open() != 0;
  if (kept) breaker_->watch(static_cast<int>(client_->socket()));
  auto answer = post(request);
  if (kept && may_be_stale(answer) && !breaker_->is_tripped()) {
    client_->stop();  // nothing is under way: closes the old connection
    answer = post(request);
  }
  breaker_->release();
  if (breaker_->is_tripped()) answer = fail(Errc::unavailable, "broken off");
  return answer;
}

Result<HttpAnswer> HttpConnection::post(const HttpRequest& request) {
  client_->set_connection_timeout(request.connect_timeout);
  client_->set_read_timeout(request.total_timeout);
  client_->set_write_timeout(request.total_timeout);
  const auto url = parse_url(request.url);
  httplib::Request raw;
  raw.method = "POST";
  raw.path = url && !url->path.empty() ? url->path : "/";
  for (const auto& header : request.headers) raw.set_header(header.name, header.value);
  raw.set_header("User-Agent", std::string(kUserAgent));
  raw.set_header("Accept-Encoding", "identity");
  raw.body = request.body;
  HttpAnswer answer;
  raw.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) {
    failpoint("http.answer.body");
    if (answer.body.size() + size > kAnswerMax) return false;
    answer.body.append(bytes, size);
    return true;
  };
  failpoint("http.request");
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  if (!client_->send(raw, response, error)) {
    if (error == httplib::Error::Connection && !proxy_.empty()) {
      return fail(Errc::unavailable, "no connection through the proxy");
    }
    return std::unexpected(failure_of(error));
  }
  failpoint("http.answer.whole");
  answer.status = response.status;
  answer.retry_after = response.get_header_value("Retry-After");
  return answer;
}

}  // namespace vigil::agent
