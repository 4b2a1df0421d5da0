// A hub for measuring from outside, and a client that sends signed batches.
//   hub_http_bench serve FOLDER         serves until stdin ends; prints port and token
//   hub_http_bench ingest BATCHES [1000] signed batches of so many events over one connection

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "agent/hub/registry_file.h"
#include "base/system_clock.h"
#include "base/system_random.h"
#include "crypto/ed25519.h"
#include "tests/hub/http/hub_fixture.h"
#include "tests/hub/store/sample_heartbeats.h"

namespace vigil::agent::test {
namespace {

int serve(const std::string& folder) {
  PosixFileSystem files;
  SystemClock clock;
  SystemRandom random;
  HubOptions options;
  options.store_path = folder + "/hub.db";
  options.port = 0;
  auto hub =
      HubServer::start(std::move(options), {.files = files, .clock = clock, .random = random});
  if (!hub) return std::cerr << hub.error().message << '\n', 1;
  RegistryFile registry(files, folder + "/registry.json");
  std::cout << (*hub)->port() << ' '
            << *ensure_cli_token(registry, files, folder + "/token", random, clock) << '\n'
            << (*hub)->new_login_link() << std::endl;
  while (std::cin.get() != EOF) {
  }
  return 0;
}

int ingest(std::size_t batches, std::size_t events) {
  const Sender sender(1);
  HubOptions options;
  options.rates = {.requests_per_second = 0, .bytes_per_second = 0};
  TestHub hub(std::move(options));
  hub.allow(sender);
  std::vector<std::string> requests;
  SampleShape shape;
  shape.count = batches * events;
  shape.span = std::chrono::days(60);
  const auto heartbeats = sample_heartbeats(1, shape);
  for (std::size_t i = 0; i < batches; ++i) {
    const std::string batch = "b" + std::to_string(i);
    const std::string body =
        batch_body("laptop", batch, std::span(heartbeats).subspan(i * events, events));
    requests.push_back(
        request_text("POST", "/api/v1/ingest", hub.authority(),
                     sender.headers_v1(body, batch, hub.authority(), hub.clock.wall_now()), body));
  }
  RawClient client(hub.port());
  const auto begin = std::chrono::steady_clock::now();
  const auto cpu = std::clock();
  for (const auto& request : requests) {
    client.send(request);
    const auto answer = client.receive();
    if (!answer || answer->status != 200) return std::cerr << "failed\n", 1;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  const double rows = static_cast<double>(batches * events);
  std::cout << rows / wall.count() << " rows/s, "
            << static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / rows * 1e6
            << " us CPU a row\n";
  return 0;
}

}  // namespace
}  // namespace vigil::agent::test

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "serve" && argc > 2) return vigil::agent::test::serve(argv[2]);
  if (mode == "ingest" && argc > 2) {
    return vigil::agent::test::ingest(std::strtoul(argv[2], nullptr, 10),
                                      argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1'000);
  }
  std::cerr << "usage: hub_http_bench serve FOLDER | ingest BATCHES [EVENTS]\n";
  return 2;
}
