// The hub's threads and who talks to whom:
//
//   listener --- ingest ---> writer queue ---> HubWriter --- answers ---> listener
//            --- the rest -> reader queue ---> ReadApi   --- answers ---> listener
//            --- /health, and what fails a screening, is answered where it came in
//
// Answers come back as calls of Reply, which the listener takes over on its own thread. The
// listener stops last, since replies refer to it.

#include "agent/hub/hub_server.h"

#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "agent/hub/auth.h"
#include "agent/hub/hub_writer.h"
#include "agent/hub/live_feed.h"
#include "agent/hub/read_api.h"
#include "agent/hub/registry_file.h"
#include "agent/hub/routes.h"
#include "agent/hub/store/hub_reader.h"
#include "agent/hub/strict_sources.h"
#include "agent/hub/ticket_box.h"
#include "agent/hub/work_queue.h"

namespace vigil::agent {
namespace {

using std::chrono::milliseconds;
using Work = std::move_only_function<void()>;

constexpr std::size_t kReadsWaitingMax = 256;
constexpr std::size_t kReadsWaitingBytesMax = 16 * 1024 * 1024;
constexpr milliseconds kReaderPatience{60'000};
constexpr milliseconds kGraceOfDestructor{1'000};

std::string beside(const std::string& path, std::string_view name) {
  return join_path(parent_path(path), name);
}

bool is_loopback_address(std::string_view address) {
  return address.starts_with("127.") || address == "::1";
}

Result<void> check_exposure(const HubOptions& options) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return fail(Errc::malformed, "--tls-cert and --tls-key belong together");
  }
  const bool is_guarded = !options.tls_cert.empty() || !options.trusted_proxy.empty();
  if (is_loopback_address(options.address) || is_guarded) return {};
  return fail(Errc::denied,
              "listening on " + options.address +
                  " would send heartbeats and tokens in the clear: give --tls-cert and "
                  "--tls-key, or name the proxy in front as hub.trusted_proxy");
}

HostPolicy host_policy(const HubOptions& options, std::uint16_t port) {
  HostPolicy policy{
      .port = port, .scheme = Scheme::http, .names = options.names, .origins = options.origins};
  policy.is_proxied = !options.trusted_proxy.empty();
  // A proxy on another machine or in front of the world speaks TLS for us.
  if (!options.tls_cert.empty() || !options.trusted_proxy.empty()) policy.scheme = Scheme::https;
  if (!is_loopback_address(options.address)) {
    const bool is_v6 = options.address.contains(':');
    policy.names.push_back((is_v6 ? "[" + options.address + "]" : options.address) + ":" +
                           std::to_string(port));
  }
  return policy;
}

HttpListener::Reply shared_with(std::string origin, HttpListener::Reply reply) {
  return [origin = std::move(origin), reply = std::move(reply)](Response response) mutable {
    share_with(response, origin);
    reply(std::move(response));
  };
}

/// By way of the reader, who knows who may ask.
bool changes_store(Route route) {
  return route == Route::correct || route == Route::undo_correction ||
         route == Route::timecode_events;
}

Response health() {
  return json_response(R"({"status":"ok"})");
}

Response timecode_health() {
  return json_response(R"({"status":"ok","version":")" VIGIL_VERSION R"(","schemaVersion":1})");
}

Response too_busy() {
  Response response = error_response(503, "busy", "too many requests are waiting");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

struct HubServer::State {
  State(HubOptions the_options, World the_world)
      : options(std::move(the_options)),
        world(the_world),
        registry(world.files, options.registry_path),
        strict(world.files, beside(options.store_path, "v1-sources")) {}

  Result<void> open();
  Result<std::unique_ptr<HubReader>> open_reader();
  Result<void> listen();
  void run_writer();
  void run_reader();
  void handle(Request request, HttpListener::Reply reply);
  void read(Route route, Request request, HttpListener::Reply reply);
  bool run_on_reader(Work work);

  HubOptions options;
  World world;
  RegistryFile registry;
  StrictSources strict;
  TicketBox tickets;
  std::unique_ptr<HubStore> store;
  std::string store_id;  ///< at the start: the store's own may change on the writer's thread
  std::optional<LiveFeed> feed;
  std::optional<HubWriter> writer;
  HostPolicy hosts;
  WorkQueue<Work> reads{kReadsWaitingMax, kReadsWaitingBytesMax};
  std::optional<ReadApi> api;
  std::unique_ptr<HttpListener> listener;
  std::jthread writer_thread;
  std::jthread reader_thread;
};

Result<void> HubServer::State::open() {
  VIGIL_TRY(check_exposure(options));
  store = VIGIL_TRY(HubStore::open(options.store_path, options.times));
  VIGIL_TRY(registry.create_if_missing(world.random));
  (void)VIGIL_TRY(registry.current());
  VIGIL_TRY(strict.load());
  auto reader = VIGIL_TRY(open_reader());
  store_id = store->id();
  feed.emplace(VIGIL_TRY(reader->revision()));
  VIGIL_TRY(listen());
  hosts = host_policy(options, listener->port());
  api.emplace(ReadApi::World{.registry = registry,
                             .tickets = tickets,
                             .feed = *feed,
                             .clock = world.clock,
                             .random = world.random,
                             .hosts = hosts,
                             .default_zone = options.default_zone,
                             .settings = options.settings,
                             .started = world.clock.wall_now()},
              std::move(reader));
  writer.emplace(HubWriter::World{.store = *store,
                                  .registry = registry,
                                  .feed = *feed,
                                  .clock = world.clock,
                                  .on_news = [this] { listener->wake_streams(); }},
                 IngestGate(options.rates, strict, options.own));
  writer_thread = std::jthread([this] { run_writer(); });
  reader_thread = std::jthread([this] { run_reader(); });
  listener->serve();
  return {};
}

/// One that can at least tell how much there is: else the store is damaged and gives way.
Result<std::unique_ptr<HubReader>> HubServer::State::open_reader() {
  auto reader = HubReader::open(options.store_path);
  auto readable = reader ? (*reader)->revision() : std::unexpected(reader.error());
  if (readable || readable.error().code != Errc::damaged) return reader;
  VIGIL_TRY(store->renew());
  return HubReader::open(options.store_path);
}

Result<void> HubServer::State::listen() {
  ListenerOptions to{.address = options.address,
                     .port = options.port,
                     .port_taken = options.port_taken,
                     .tls_cert = options.tls_cert,
                     .tls_key = options.tls_key,
                     .trusted_proxy = options.trusted_proxy,
                     .limits = options.limits};
  HttpListener::Hooks hooks{
      .handle = [this](Request request,
                       HttpListener::Reply reply) { handle(std::move(request), std::move(reply)); },
      .run_elsewhere = [this](Work work) { return run_on_reader(std::move(work)); },
      .body_limit = &body_limit,
      .finish = &add_security_headers};
  listener = VIGIL_TRY(HttpListener::open(std::move(to), std::move(hooks), world.clock));
  return {};
}

void HubServer::State::run_writer() {
  while (writer->step() == HubWriter::Outcome::go_on) {
  }
}

void HubServer::State::run_reader() {
  while (!reads.is_done()) {
    for (auto& work : reads.take(1, 1, kReaderPatience)) work();
    if (api->take_damage()) writer->renew_store();
  }
}

bool HubServer::State::run_on_reader(Work work) {
  return reads.push(std::move(work), 0);
}

/// On the listener's thread: decides only who answers.
void HubServer::State::handle(Request request, HttpListener::Reply reply) {
  if (auto answer = screen(request, hosts)) return reply(*std::move(answer));
  if (is_from_listed_origin(request, hosts)) {
    reply = shared_with(std::string(request.header("Origin")), std::move(reply));
  }
  auto route = find_route(request);
  if (!route) return reply(std::move(route).error());
  if (*route == Route::health) return reply(health());
  if (*route == Route::timecode_health) return reply(timecode_health());
  if (*route == Route::ingest) return writer->push(std::move(request), std::move(reply));
  read(*route, std::move(request), std::move(reply));
}

void HubServer::State::read(Route route, Request request, HttpListener::Reply reply) {
  // Shared by the work and by the answer that says that there is no room for it.
  auto waiting = std::make_shared<HttpListener::Reply>(std::move(reply));
  const std::size_t weight = request.body.size();
  Work work = [this, route, request = std::move(request), waiting] {
    if (!changes_store(route)) return (*waiting)(api->answer(route, request));
    auto change = api->admit_change(route, request);
    if (!change) return (*waiting)(std::move(change).error());
    writer->change(*std::move(change), std::move(*waiting));
  };
  if (!reads.push(std::move(work), weight)) (*waiting)(too_busy());
}

Result<std::unique_ptr<HubServer>> HubServer::start(HubOptions options, World world) {
  if (options.registry_path.empty()) {
    options.registry_path = beside(options.store_path, "registry.json");
  }
  auto state = std::make_unique<State>(std::move(options), world);
  VIGIL_TRY(state->open());
  return std::unique_ptr<HubServer>(new HubServer(std::move(state)));
}

HubServer::HubServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HubServer::~HubServer() {
  stop(kGraceOfDestructor);
}

std::uint16_t HubServer::port() const {
  return state_->hosts.port;
}

std::string HubServer::url() const {
  const auto& options = state_->options;
  const bool is_any = options.address == "0.0.0.0" || options.address == "::";
  const std::string host = is_any                          ? "127.0.0.1"
                           : options.address.contains(':') ? "[" + options.address + "]"
                                                           : options.address;
  const std::string scheme = options.tls_cert.empty() ? "http://" : "https://";
  return scheme + host + ":" + std::to_string(port());
}

const std::string& HubServer::store_id() const {
  return state_->store_id;
}

std::string HubServer::new_login_link() {
  return url() + new_login_path(state_->tickets, state_->world.random,
                                state_->world.clock.mono_now(), Access::write);
}

void HubServer::set_own_keys(std::vector<SourceKey> own) {
  state_->writer->set_own_keys(std::move(own));
}

void HubServer::set_settings(std::string settings) {
  state_->run_on_reader([state = state_.get(), settings = std::move(settings)]() mutable {
    state->api->set_settings(std::move(settings));
  });
}

void HubServer::renew_store() {
  state_->writer->renew_store();
}

void HubServer::forget(ForgetQuery query) {
  state_->writer->forget(std::move(query));
}

void HubServer::correct(CorrectionChange change) {
  const auto pass_on = [&](auto&& what) {
    state_->writer->change(std::forward<decltype(what)>(what), [](Response) {});
  };
  std::visit(pass_on, std::move(change));
}

void HubServer::stop(milliseconds grace) {
  // First what came in is stored and answered, then the answers go out, then nothing is left.
  state_->writer->close();
  state_->reads.close();
  if (state_->writer_thread.joinable()) state_->writer_thread.join();
  if (state_->reader_thread.joinable()) state_->reader_thread.join();
  if (state_->listener) state_->listener->stop(grace);
  state_->store.reset();
}

}  // namespace vigil::agent
