// The only file that knows Asio and Beast, and therefore longer than others.
//
// A session is one connection. It has at most one request under way, so pipelined requests wait in
// the buffer and in the kernel. All state belongs to the io thread; answers that are made on other
// threads come back through dispatch(). There is one timer for everything: a sweep over the
// sessions, which costs less than arming a timer for each read.

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <functional>
#include <optional>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "agent/hub/http_framing.h"
#include "agent/hub/http_listener.h"
#include "base/failpoint.h"
#include "parser/log_parser.h"

namespace vigil::agent {
namespace {

namespace net = boost::asio;
namespace ssl = boost::asio::ssl;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = net::ip::tcp;
using std::chrono::milliseconds;
using TlsStream = ssl::stream<tcp::socket>;

constexpr std::size_t kHeadRead = 4 * 1024;
constexpr std::size_t kBodyRead = 64 * 1024;
constexpr std::size_t kBodyFirst = 64 * 1024;  // bytes granted before any have come
constexpr std::size_t kRawFactor = 4;          // how much larger than its content a body may be
constexpr std::uint16_t kPortsTried = 32;
constexpr milliseconds kSweepMax{250};
constexpr milliseconds kAcceptPause{100};  // after descriptors ran out
constexpr milliseconds kLingerTime{1'000};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

enum class Phase : std::uint8_t {
  handshake,
  idle,
  head,
  body,
  answering,
  writing,
  streaming,
  waiting,
  lingering,
  closed,
};

class Session;
// Shared: the server's list, the operations of Asio and an answer that is being made on another
// thread keep a session alive together; whoever is last lets it go.
using SessionPtr = std::shared_ptr<Session>;

}  // namespace

struct HttpListener::State {
  State(ListenerOptions the_options, Hooks the_hooks, const Clock& the_clock)
      : options(std::move(the_options)), hooks(std::move(the_hooks)), clock(the_clock) {}

  Result<void> bind();
  Result<void> load_tls();
  void accept();
  void admit(tcp::socket socket);
  [[nodiscard]] bool make_room();
  [[nodiscard]] bool is_unlimited(const net::ip::address& peer) const;
  void arm_sweep();
  void sweep();
  void remove(const SessionPtr& session, const net::ip::address& peer);

  ListenerOptions options;
  Hooks hooks;
  const Clock& clock;
  net::io_context io{1};
  std::optional<ssl::context> tls;
  tcp::acceptor acceptor{io};
  net::steady_timer sweep_timer{io};
  net::steady_timer accept_timer{io};
  std::unordered_set<SessionPtr> sessions;
  std::unordered_map<std::string, std::size_t> per_address;
  std::size_t body_bytes = 0;  ///< of all bodies that are coming in
  enum class Run : std::uint8_t { serving, stopping } run = Run::serving;
  enum class Sweep : std::uint8_t { off, armed } sweep_state = Sweep::off;
  std::atomic<bool> wake_pending = false;
  std::uint16_t port = 0;
  std::jthread thread;
};

namespace {

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(HttpListener::State& server, net::ip::address peer)
      : server_(server), peer_(std::move(peer)), active_(server.clock.mono_now()) {}
  virtual ~Session() = default;

  virtual void start() = 0;
  virtual void close() = 0;
  void wake();
  void sweep(MonoTime now);
  void stop();
  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] MonoTime active() const { return active_; }

 protected:
  using Buffers = std::array<net::const_buffer, 2>;
  enum class Then : std::uint8_t { next_request, read_body, pump, close };

  virtual void read_some(std::size_t bytes) = 0;
  virtual void write(Buffers buffers, Then then) = 0;
  virtual void shutdown_send() = 0;

  void begin_request();
  void read_more(std::size_t bytes);
  void on_read(error_code error, std::size_t bytes);
  void on_written(error_code error, Then then);
  void enter(Phase phase, std::optional<milliseconds> limit);
  void forget();

  HttpListener::State& server_;
  beast::flat_buffer buffer_;

 private:
  using Parser = http::request_parser<http::buffer_body>;

  void advance();
  [[nodiscard]] bool is_dropping_input() const;
  void read_head();
  [[nodiscard]] bool parse_head(std::string_view head);
  void begin_body();
  void read_body();
  [[nodiscard]] bool grow_body();
  void release_body();
  void deliver();
  void answer(Response response);
  void refuse(int status, std::string_view code, std::string_view message);
  void begin_stream();
  void pump();
  void write_piece(BodyStream::Piece piece);
  void finish_answer();

  net::ip::address peer_;
  MonoTime active_;
  Phase phase_ = Phase::handshake;
  std::optional<MonoTime> deadline_;
  enum class Reading : std::uint8_t { no, yes } reading_ = Reading::no;

  std::optional<Parser> parser_;
  Request request_;
  Framing framing_;
  std::size_t head_scanned_ = 0;
  std::size_t body_used_ = 0;
  std::size_t body_raw_ = 0;
  std::size_t body_limit_ = 0;
  std::size_t body_counted_ = 0;
  enum class Method : std::uint8_t { head, other } method_ = Method::other;
  enum class Version : std::uint8_t { http_1_0, http_1_1 } version_ = Version::http_1_1;
  Connection connection_ = Connection::keep;

  Response response_;
  std::string out_;
  BodyStream::State stream_state_ = BodyStream::State::more;
  enum class News : std::uint8_t { none, some } news_ = News::none;
};

void Session::enter(Phase phase, std::optional<milliseconds> limit) {
  phase_ = phase;
  active_ = server_.clock.mono_now();
  deadline_.reset();
  if (limit) deadline_ = active_ + *limit;
}

void Session::begin_request() {
  parser_.reset();
  request_ = Request{};
  request_.peer = peer_.to_string();
  response_ = Response{};
  out_.clear();
  head_scanned_ = 0;
  if (server_.run == HttpListener::State::Run::stopping) return close();
  if (buffer_.size() > 0) {
    enter(Phase::head, server_.options.limits.head_time);
    return advance();
  }
  if (buffer_.capacity() > 4 * kHeadRead) buffer_.shrink_to_fit();
  read_more(kHeadRead);
}

/// One read at a time: a second one could move the buffer under the first.
void Session::read_more(std::size_t bytes) {
  if (std::exchange(reading_, Reading::yes) == Reading::no) read_some(bytes);
}

/// A client of a live stream has nothing to say (reading is how its leaving is seen), nor has one
/// whose connection is being closed.
bool Session::is_dropping_input() const {
  return phase_ == Phase::lingering || response_.stream != nullptr;
}

void Session::on_read(error_code error, std::size_t bytes) {
  reading_ = Reading::no;
  if (phase_ == Phase::closed) return;
  if (error) return close();
  if (is_dropping_input()) return read_more(kHeadRead);  // into the same room
  buffer_.commit(bytes);
  if (phase_ == Phase::idle) enter(Phase::head, server_.options.limits.head_time);
  advance();
}

void Session::advance() {
  if (phase_ == Phase::head) return read_head();
  if (phase_ == Phase::body) return read_body();
}

void Session::read_head() {
  const std::string_view data(static_cast<const char*>(buffer_.data().data()), buffer_.size());
  const std::size_t end = data.find("\r\n\r\n", head_scanned_ < 3 ? 0 : head_scanned_ - 3);
  const std::size_t size = end == std::string_view::npos ? data.size() : end + 4;
  if (size > server_.options.limits.head_bytes) {
    return refuse(431, "head_too_large", "the header is too large");
  }
  if (end == std::string_view::npos) {
    head_scanned_ = data.size();
    return read_more(kHeadRead);
  }
  if (has_folded_line(data.substr(0, size)) || !parse_head(data.substr(0, size))) {
    return refuse(400, "bad_request", "the header is not HTTP");
  }
  failpoint("hub.head");
  buffer_.consume(size);
  const auto limits = server_.options.limits;
  const auto examined = examine_framing(request_, {limits.fields, limits.target_bytes});
  if (examined.fault) {
    return refuse(examined.fault->status, examined.fault->code, examined.fault->message);
  }
  framing_ = examined.framing;
  if (!split_target(request_)) return refuse(400, "bad_target", "the request target is not valid");
  begin_body();
}

bool Session::parse_head(std::string_view head) {
  error_code error;
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(head.size() + 1));
  parser_->body_limit(boost::none);
  parser_->put(net::buffer(head), error);
  if ((error && error != http::error::need_buffer) || !parser_->is_header_done()) return false;
  const auto& message = parser_->get();
  version_ = message.version() >= 11 ? Version::http_1_1 : Version::http_1_0;
  connection_ = message.keep_alive() ? Connection::keep : Connection::close;
  method_ = message.method() == http::verb::head ? Method::head : Method::other;
  request_.method = message.method_string();
  request_.target = message.target();
  for (const auto& field : message) {
    request_.headers.emplace_back(field.name_string(), field.value());
  }
  return true;
}

void Session::begin_body() {
  const std::uint64_t length = framing_.content_length.value_or(0);
  if (length == 0 && !framing_.is_chunked) return deliver();
  body_limit_ = server_.hooks.body_limit(request_);
  if (length > body_limit_) return refuse(413, "too_large", "the body is too large");
  body_used_ = 0;
  body_raw_ = 0;
  if (!grow_body()) return;
  enter(Phase::body, server_.options.limits.body_time);
  if (framing_.expects_continue && buffer_.size() == 0) {
    return write({net::buffer(kContinue), {}}, Then::read_body);
  }
  read_body();
}

/// Room for a first piece; once that has come for the whole body where its length is known, so
/// that a promise alone costs nothing. False when the request was refused.
bool Session::grow_body() {
  const std::size_t whole =
      framing_.content_length ? static_cast<std::size_t>(*framing_.content_length) : body_limit_;
  const std::size_t doubled = framing_.content_length ? whole : 2 * request_.body.size();
  const std::size_t size =
      request_.body.empty() ? std::min(whole, kBodyFirst) : std::min(doubled, whole);
  if (size <= request_.body.size()) {
    refuse(413, "too_large", "the body is too large");
    return false;
  }
  if (server_.body_bytes + size - body_counted_ > server_.options.limits.bodies_bytes) {
    refuse(503, "busy", "too many bodies are coming in");
    return false;
  }
  server_.body_bytes += size - body_counted_;
  body_counted_ = size;
  request_.body.reserve(size + parser::kLinePadding);
  request_.body.resize(size);
  return true;
}

void Session::read_body() {
  while (buffer_.size() > 0 && !parser_->is_done()) {
    auto& room = parser_->get().body();
    room.data = request_.body.data() + body_used_;
    room.size = request_.body.size() - body_used_;
    room.more = true;
    error_code error;
    const std::size_t taken = parser_->put(buffer_.data(), error);
    body_used_ = request_.body.size() - room.size;
    buffer_.consume(taken);
    body_raw_ += taken;
    if (error == http::error::need_buffer) {
      if (!parser_->is_done() && room.size == 0 && !grow_body()) return;
    } else if (error == http::error::need_more || (!error && taken == 0)) {
      break;
    } else if (error) {
      return refuse(400, "bad_request", "the body is not framed as it should be");
    }
  }
  if (parser_->is_done()) {
    request_.body.resize(body_used_);
    return deliver();
  }
  if (body_raw_ > kRawFactor * body_limit_ || buffer_.size() > server_.options.limits.head_bytes) {
    return refuse(413, "too_large", "the body is too large");
  }
  read_more(kBodyRead);
}

void Session::release_body() {
  server_.body_bytes -= std::exchange(body_counted_, 0);
}

void Session::deliver() {
  failpoint("hub.body");
  release_body();
  enter(Phase::answering, std::nullopt);
  server_.hooks.handle(std::move(request_), [self = shared_from_this()](Response response) mutable {
    auto& io = self->server_.io;
    net::dispatch(io, [session = std::move(self), answer = std::move(response)]() mutable {
      if (session->phase_ == Phase::answering) session->answer(std::move(answer));
    });
  });
}

/// An answer after which the connection cannot be used any more.
void Session::refuse(int status, std::string_view code, std::string_view message) {
  release_body();
  connection_ = Connection::close;
  answer(error_response(status, code, message));
}

void Session::answer(Response response) {
  failpoint("hub.answer");
  response_ = std::move(response);
  server_.hooks.finish(response_);
  if (server_.run == HttpListener::State::Run::stopping) connection_ = Connection::close;
  if (response_.stream) return begin_stream();
  enter(Phase::writing, server_.options.limits.write_time);
  if (connection_ == Connection::keep && version_ == Version::http_1_0) {
    response_.headers.emplace_back("Connection", "keep-alive");
  }
  out_ = head_text(response_, connection_, BodyForm::sized);
  if (method_ == Method::head) response_.body.clear();
  write({net::buffer(out_), net::buffer(response_.body)},
        connection_ == Connection::keep ? Then::next_request : Then::close);
}

void Session::begin_stream() {
  const bool is_live = response_.stream->source() == BodyStream::Source::memory;
  if (is_live || version_ == Version::http_1_0) connection_ = Connection::close;
  out_ = head_text(response_, connection_,
                   version_ == Version::http_1_1 ? BodyForm::chunked : BodyForm::until_close);
  enter(Phase::writing, server_.options.limits.write_time);
  if (method_ == Method::head) {
    response_.stream.reset();
    return write({net::buffer(out_), {}}, Then::close);
  }
  stream_state_ = BodyStream::State::more;
  if (is_live) read_more(kHeadRead);
  write({net::buffer(out_), {}}, Then::pump);
}

void Session::pump() {
  if (stream_state_ == BodyStream::State::torn) return close();
  if (stream_state_ == BodyStream::State::end) return finish_answer();
  if (stream_state_ == BodyStream::State::wait && news_ == News::none) {
    phase_ = Phase::waiting;
    deadline_ = active_ + server_.options.limits.stream_silence;  // since the last piece
    return;
  }
  news_ = News::none;
  if (response_.stream->source() == BodyStream::Source::memory) {
    return write_piece(response_.stream->next());
  }
  enter(Phase::streaming, std::nullopt);
  const bool is_taken = server_.hooks.run_elsewhere([self = shared_from_this()]() mutable {
    auto piece = self->response_.stream->next();
    auto& io = self->server_.io;
    net::dispatch(io, [session = std::move(self), bytes = std::move(piece)]() mutable {
      if (session->phase_ == Phase::streaming) session->write_piece(std::move(bytes));
    });
  });
  if (!is_taken) enter(Phase::waiting, kSweepMax);  // the sweep tries again
}

void Session::write_piece(BodyStream::Piece piece) {
  stream_state_ = piece.state;
  const bool is_chunked = version_ == Version::http_1_1;
  out_.clear();
  if (!piece.bytes.empty()) out_ = is_chunked ? chunk_text(piece.bytes) : std::move(piece.bytes);
  if (piece.state == BodyStream::State::end && is_chunked) out_ += kLastChunk;
  if (out_.empty()) return pump();
  enter(Phase::writing, server_.options.limits.write_time);
  write({net::buffer(out_), {}}, Then::pump);
}

void Session::finish_answer() {
  response_.stream.reset();
  on_written({}, connection_ == Connection::keep ? Then::next_request : Then::close);
}

void Session::on_written(error_code error, Then then) {
  failpoint("hub.written");
  if (phase_ == Phase::closed) return;
  if (error) return close();
  switch (then) {
    case Then::read_body: return read_body();
    case Then::pump: return pump();
    case Then::next_request:
      // Idle since the answer began to go out, which is when the client last was of interest.
      phase_ = Phase::idle;
      deadline_ = active_ + server_.options.limits.idle_time;
      return begin_request();
    case Then::close:
      // What the client still sends is read and dropped for a moment: closing with unread bytes
      // would reset the connection and take the answer away from it.
      enter(Phase::lingering, kLingerTime);
      buffer_.consume(buffer_.size());
      shutdown_send();
      return;
  }
}

void Session::wake() {
  if (!response_.stream || response_.stream->source() != BodyStream::Source::memory) return;
  news_ = News::some;
  if (phase_ == Phase::waiting) pump();
}

void Session::sweep(MonoTime now) {
  if (!deadline_ || now < *deadline_) return;
  switch (phase_) {
    case Phase::head:
    case Phase::body: return refuse(408, "timeout", "the request did not come in time");
    case Phase::waiting: {
      if (stream_state_ != BodyStream::State::wait) return pump();  // there was no room
      const auto idle = response_.stream->idle_bytes();
      return write_piece({std::string(idle), BodyStream::State::wait});
    }
    default: return close();
  }
}

void Session::stop() {
  const bool is_busy =
      phase_ == Phase::answering || (phase_ == Phase::writing && !response_.stream);
  connection_ = Connection::close;
  if (!is_busy) close();
}

void Session::forget() {
  release_body();
  phase_ = Phase::closed;
  deadline_.reset();
  server_.remove(shared_from_this(), peer_);
}

/// What differs between plain and encrypted connections.
template <class Stream>
class StreamSession final : public Session {
 public:
  template <class... Args>
  StreamSession(HttpListener::State& server, net::ip::address peer, Args&&... args)
      : Session(server, std::move(peer)), stream_(std::forward<Args>(args)...) {}

  void start() override {
    error_code ignored;
    stream_.lowest_layer().set_option(tcp::no_delay(true), ignored);
    enter(Phase::handshake, server_.options.limits.head_time);
    if constexpr (kIsTls) {
      stream_.async_handshake(ssl::stream_base::server, [self = this->self()](error_code error) {
        if (error || self->phase() == Phase::closed) return self->close();
        self->first_request();
      });
    } else {
      first_request();
    }
  }

  void close() override {
    if (phase() == Phase::closed) return;
    error_code ignored;
    stream_.lowest_layer().close(ignored);
    forget();
  }

 protected:
  void read_some(std::size_t bytes) override {
    stream_.async_read_some(buffer_.prepare(bytes),
                            [self = this->self()](error_code error, std::size_t count) {
                              self->on_read(error, count);
                            });
  }

  void write(Buffers buffers, Then then) override {
    net::async_write(stream_, buffers, [self = this->self(), then](error_code error, std::size_t) {
      self->on_written(error, then);
    });
  }

  void shutdown_send() override {
    if constexpr (kIsTls) {
      stream_.async_shutdown([self = this->self()](error_code) { self->close(); });
    } else {
      error_code ignored;
      stream_.shutdown(tcp::socket::shutdown_send, ignored);
      read_more(kHeadRead);
    }
  }

 private:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  [[nodiscard]] std::shared_ptr<StreamSession> self() {
    return std::static_pointer_cast<StreamSession>(shared_from_this());
  }

  /// Of a new connection the head is due at once.
  void first_request() {
    enter(Phase::head, server_.options.limits.head_time);
    begin_request();
  }

  Stream stream_;
};

Errc to_errc(const error_code& code) {
  if (code == net::error::access_denied) return Errc::denied;
  if (code == net::error::address_in_use) return Errc::busy;
  return Errc::io;
}

}  // namespace

Result<void> HttpListener::State::bind() {
  error_code error;
  const auto address = net::ip::make_address(options.address, error);
  if (error) return fail(Errc::malformed, options.address + " is not an IP address");
  const std::uint16_t tries = options.port_taken == PortTaken::take_next && options.port != 0
                                  ? kPortsTried
                                  : std::uint16_t{1};
  for (std::uint16_t i = 0; i < tries; ++i) {
    const auto candidate = static_cast<std::uint16_t>(options.port + i);
    acceptor = tcp::acceptor(io);
    static_cast<void>(acceptor.open(address.is_v6() ? tcp::v6() : tcp::v4(), error));
    if (!error)
      static_cast<void>(acceptor.set_option(net::socket_base::reuse_address(true), error));
    if (!error) static_cast<void>(acceptor.bind({address, candidate}, error));
    if (!error) static_cast<void>(acceptor.listen(net::socket_base::max_listen_connections, error));
    if (error != net::error::address_in_use) break;
  }
  if (error) {
    return fail(to_errc(error), "listen on " + options.address + " port " +
                                    std::to_string(options.port) + ": " + error.message());
  }
  port = acceptor.local_endpoint(error).port();
  return {};
}

Result<void> HttpListener::State::load_tls() {
  if (options.tls_cert.empty() && options.tls_key.empty()) return {};
  tls.emplace(ssl::context::tls_server);
  error_code error;
  static_cast<void>(tls->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                                         ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                                         ssl::context::no_tlsv1_1,
                                     error));
  static_cast<void>(tls->use_certificate_chain_file(options.tls_cert, error));
  if (error)
    return fail(Errc::malformed, "certificate " + options.tls_cert + ": " + error.message());
  static_cast<void>(tls->use_private_key_file(options.tls_key, ssl::context::pem, error));
  if (error) return fail(Errc::malformed, "key " + options.tls_key + ": " + error.message());
  return {};
}

void HttpListener::State::accept() {
  acceptor.async_accept([this](error_code error, tcp::socket socket) {
    if (run == Run::stopping || error == net::error::operation_aborted) return;
    if (error) {
      accept_timer.expires_after(kAcceptPause);
      accept_timer.async_wait([this](error_code stopped) {
        if (!stopped) accept();
      });
      return;
    }
    admit(std::move(socket));
    accept();
  });
}

bool HttpListener::State::is_unlimited(const net::ip::address& peer) const {
  return peer.is_loopback() || peer.to_string() == options.trusted_proxy;
}

void HttpListener::State::admit(tcp::socket socket) {
  failpoint("hub.accept");
  error_code error;
  const auto peer = socket.remote_endpoint(error).address();
  if (error) return;
  const std::string name = peer.to_string();
  if (!options.trusted_proxy.empty() && !is_unlimited(peer)) return;
  const auto known = per_address.find(name);
  const std::size_t open = known == per_address.end() ? 0 : known->second;
  if (open >= options.limits.per_address && !is_unlimited(peer)) return;
  if (sessions.size() >= options.limits.connections && !make_room()) return;
  SessionPtr session;
  if (tls) {
    session = std::make_shared<StreamSession<TlsStream>>(*this, peer, std::move(socket), *tls);
  } else {
    session = std::make_shared<StreamSession<tcp::socket>>(*this, peer, std::move(socket));
  }
  ++per_address[name];
  sessions.insert(session);
  session->start();
  arm_sweep();
}

/// Closes the connection that has done nothing for longest; false when all have work under way.
bool HttpListener::State::make_room() {
  SessionPtr longest;
  for (const auto& session : sessions) {
    const Phase phase = session->phase();
    const bool may_go = phase == Phase::idle || phase == Phase::head || phase == Phase::handshake ||
                        phase == Phase::lingering;
    if (may_go && (!longest || session->active() < longest->active())) longest = session;
  }
  if (longest) longest->close();
  return longest != nullptr;
}

void HttpListener::State::remove(const SessionPtr& session, const net::ip::address& peer) {
  if (sessions.erase(session) == 0) return;
  const auto count = per_address.find(peer.to_string());
  if (count != per_address.end() && --count->second == 0) per_address.erase(count);
  if (run == Run::stopping && sessions.empty()) io.stop();
}

void HttpListener::State::arm_sweep() {
  if (sweep_state == Sweep::armed || sessions.empty()) return;
  sweep_state = Sweep::armed;
  const auto& limits = options.limits;
  const milliseconds shortest = std::min({limits.head_time, limits.body_time, limits.write_time,
                                          limits.idle_time, limits.stream_silence});
  sweep_timer.expires_after(std::clamp(shortest / 4, milliseconds{5}, kSweepMax));
  sweep_timer.async_wait([this](error_code stopped) {
    sweep_state = Sweep::off;
    if (!stopped) sweep();
  });
}

void HttpListener::State::sweep() {
  const MonoTime now = clock.mono_now();
  const std::vector<SessionPtr> all(sessions.begin(), sessions.end());
  for (const auto& session : all) session->sweep(now);
  arm_sweep();
}

Result<std::unique_ptr<HttpListener>> HttpListener::open(ListenerOptions options, Hooks hooks,
                                                         const Clock& clock) {
  auto state = std::make_unique<State>(std::move(options), std::move(hooks), clock);
  VIGIL_TRY(state->load_tls());
  VIGIL_TRY(state->bind());
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(state)));
}

HttpListener::HttpListener(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpListener::~HttpListener() {
  stop(milliseconds{0});
}

std::uint16_t HttpListener::port() const {
  return state_->port;
}

void HttpListener::serve() {
  state_->accept();
  state_->thread = std::jthread([&io = state_->io] { io.run(); });
}

void HttpListener::wake_streams() {
  if (state_->wake_pending.exchange(true)) return;
  net::post(state_->io, [state = state_.get()] {
    state->wake_pending = false;
    const std::vector<SessionPtr> all(state->sessions.begin(), state->sessions.end());
    for (const auto& session : all) session->wake();
  });
}

void HttpListener::stop(milliseconds grace) {
  if (!state_->thread.joinable()) return;
  net::post(state_->io, [state = state_.get(), grace] {
    state->run = State::Run::stopping;
    error_code ignored;
    static_cast<void>(state->acceptor.close(ignored));
    state->accept_timer.cancel();
    const std::vector<SessionPtr> all(state->sessions.begin(), state->sessions.end());
    for (const auto& session : all) session->stop();
    if (state->sessions.empty()) return state->io.stop();
    state->accept_timer.expires_after(grace);
    state->accept_timer.async_wait([state](error_code) { state->io.stop(); });
  });
  state_->thread.join();
  state_->sessions.clear();
}

}  // namespace vigil::agent
