// Makes what each fuzzer starts from: `fuzz_seeds FIXTURES OUT` fills OUT/<target>/ with inputs in
// the form that the target takes apart (see targets.h and the targets themselves).

#include <zstd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/registry.h"
#include "agent/identity/identity.h"
#include "agent/identity/keys.h"
#include "agent/outbox/fallback_file.h"
#include "base/encoding.h"
#include "crypto/batch_signature.h"
#include "parser/log_parser.h"
#include "tests/hub/http/hub_fixture.h"
#include "tests/hub/store/sample_heartbeats.h"
#include "tests/parser/editors/trace_formats.h"
#include "tests/support/memory_file_system.h"

namespace {

using namespace vigil;
using namespace vigil::agent;
using agent::test::request_text;
using agent::test::sample_body;
using agent::test::Sender;
namespace fs = std::filesystem;

constexpr std::size_t kLongestLog = 48 * 1'024;
constexpr std::size_t kLogsMax = 60;  // of one format; the shortest, which are the most varied

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

/// Whole lines from the beginning, as many as fit.
std::string beginning_of(const std::string& text) {
  if (text.size() <= kLongestLog) return text;
  const std::size_t end = text.rfind('\n', kLongestLog);
  return end == std::string::npos ? text.substr(0, kLongestLog) : text.substr(0, end + 1);
}

std::vector<std::string> logs_below(const fs::path& folder) {
  std::vector<std::string> logs;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".jsonl" || extension == ".json")) {
      logs.push_back(beginning_of(content_of(entry.path())));
    }
  }
  std::ranges::sort(logs, {}, &std::string::size);
  if (logs.size() > kLogsMax) logs.resize(kLogsMax);
  return logs;
}

class Corpus {
 public:
  explicit Corpus(fs::path root) : root_(std::move(root)) {}

  void add(const std::string& target, std::string_view input) {
    fs::create_directories(root_ / target);
    std::ofstream(root_ / target / std::to_string(count_++), std::ios::binary) << input;
  }

 private:
  fs::path root_;
  std::size_t count_ = 0;
};

std::string compressed(const std::string& text) {
  std::string out(::ZSTD_compressBound(text.size()), '\0');
  out.resize(::ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

void add_logs(Corpus& corpus, parser::Format format, const std::vector<std::string>& logs) {
  const bool is_codex = format == parser::Format::codex;
  for (const auto& log : logs) {
    corpus.add(is_codex ? "codex_log" : "claude_log", std::string("\0\x02", 2) + log);
    corpus.add("tailed_file", "\x40\x30" + log.substr(0, 4'096));
    corpus.add("line_splitter", "\x80" + log.substr(0, 4'096));
    corpus.add("zstd_file", "\x40" + compressed(log.substr(0, 8'192)));
    corpus.add("json_walk", log.substr(0, std::min<std::size_t>(log.find('\n'), 8'192)));
    corpus.add("complete_object", log.substr(0, std::min<std::size_t>(log.find('\n'), 4'096)));

    const auto parser = parser::make_log_parser(format, "/h/s.jsonl");
    const std::string padded = log + std::string(parser::kLinePadding, '\0');
    for (std::size_t begin = 0; begin < log.size();) {
      const std::size_t end = std::min(log.find('\n', begin), log.size());
      (void)parser->parse_line(std::string_view(padded).substr(begin, end - begin));
      begin = end + 1;
    }
    const std::string state = parser->save();
    std::string input{static_cast<char>(is_codex), static_cast<char>(state.size() % 256),
                      static_cast<char>(state.size() / 256)};
    corpus.add("parser_state", input + state + log.substr(0, 4'096));
  }
}

void add_editor_traces(Corpus& corpus) {
  char number = 0;
  for (const auto& format : parser::test::trace_formats()) {
    corpus.add("editor_traces", number++ + parser::test::fixture_of(format));
  }
  for (const auto* name : {".a.py.swp", "a.py.tmp.4711.18c3f0a2", ".a.py.x81AbZ", "a-0a1b2c3d"}) {
    corpus.add("editor_traces", '\xff' + std::string(name));
  }
}

void add_requests(Corpus& corpus) {
  const Sender sender(1);
  constexpr std::string_view kHub = "127.0.0.1:4821";
  constexpr auto kNow = vigil::test::ManualClock::kWallStart;
  for (const std::size_t count : {0U, 1U, 3U, 20U}) {
    const std::string body = sample_body("laptop", "b1", count);
    corpus.add("batch_json", body);
    const auto v0 = request_text("POST", "/api/v1/ingest", kHub, sender.headers_v0(body), body);
    const auto v1 = request_text("POST", "/api/v1/ingest", kHub,
                                 sender.headers_v1(body, "b1", kHub, kNow), body);
    for (const char mode : {'\0', '\1', '\2'}) {
      corpus.add("ingest", mode + v0);
      corpus.add("ingest", mode + v1);
    }
  }
  for (const auto& heartbeat : sample_heartbeats(3, {.count = 60})) {
    corpus.add("heartbeat_json", to_json(heartbeat));
    corpus.add("batch_json", "[" + to_json(heartbeat) + "]");
    corpus.add("control_request",
               R"({"do":"heartbeat","heartbeats":[)" + to_json(heartbeat) + "]}");
  }
  for (const auto* target :
       {"/", "/health", "/timeline", "/login?ticket=00000000000000000000000000000000",
        "/api/v1/status", "/api/v1/stream", "/api/v1/export?format=csv&range=all_time",
        "/api/v1/export?format=json&from=2026-09-21&to=2026-09-22&tz=Europe%2FBerlin",
        "/api/v1/stats?range=last_7_days&by=project,language&tz=Asia%2FKathmandu",
        "/api/v1/stats?from=2026-09-21&to=2026-09-21&by=hour&project=demo&actor=agent",
        "/api/v1/stats?range=all_time&by=model,tool,day,source"}) {
    for (const char mode : {'\0', '\1'}) {
      corpus.add("http_request", mode + request_text("GET", target, kHub,
                                                     {{"Origin", "http://127.0.0.1:4821"},
                                                      {"Sec-Fetch-Site", "same-origin"},
                                                      {"Last-Event-ID", "1"},
                                                      {"Cookie", "vigil4821=1.aa"}}));
    }
  }
  corpus.add("http_request", '\1' + request_text("POST", "/api/v1/tickets", kHub,
                                                 {{"Content-Type", "application/json"}}, "{}"));
}

void add_crypto(Corpus& corpus) {
  const auto key = *crypto::KeyPair::from_seed(bytes_of(std::string(crypto::kSeedSize, 's')));
  const std::string body = R"([{"id":"evt_00000000000000000000"}])";
  const crypto::SignedRequest request{.method = "POST",
                                      .authority = "127.0.0.1:4821",
                                      .path = "/api/v1/ingest",
                                      .source = "laptop",
                                      .batch = "b1",
                                      .timestamp = 1'795'238'000,
                                      .body_digest = sha256(body)};
  const std::array keys{&key};
  const std::string separator(1, '\0');
  const std::string rest =
      separator + "b1" + separator + crypto::content_digest(sha256(body)) + separator + body;
  corpus.add("signature_headers", crypto::sign_v1(keys, request) + rest);
  corpus.add("signature_headers", "v1a,AAAA " + crypto::sign_v1(keys, request) + rest);
  corpus.add("signature_headers", crypto::sign_v0(key, body) + rest);
  corpus.add("key_texts", Sender(1).line());
  corpus.add("key_texts", to_base64(key.public_key()));
  corpus.add("key_texts", std::string(32, 's'));
  corpus.add("key_texts", to_hex(key.public_key()) + "\n");

  const vigil::test::TemporaryDirectory home;
  PosixFileSystem files;
  agent::test::CountingRandom random;
  const std::string folder = home.file("vigil");
  auto made = create_identity(files, random, folder, "laptop", "laptop");
  if (made) (void)create_key(files, random, WallTime{}, folder, *made, ExistingKey::keep);
  corpus.add("identity_files", *read_file(files, folder + "/identity.json", 65'536) + separator +
                                   *read_file(files, folder + "/key", 64));

  Registry registry;
  (void)allow_source(registry, Sender(1).line(), WallTime{});
  (void)allow_source(registry, Sender(2, "desk").line(), WallTime{});
  (void)revoke_source(registry, SourceId("desk"));
  constexpr std::array<std::byte, 20> kRandom{};
  (void)new_token(registry, "phone", kRandom, WallTime{});
  corpus.add("registry", registry_text(registry));
}

void add_the_rest(Corpus& corpus) {
  corpus.add("config_file", R"(# all of it
source = "laptop"
[delivery]
timer = "1min"
capacity = 500
[hub]
embedded = "always"
listen = "127.0.0.1:4821"
hosts = ["hub.example", "a.b:1"]
[log]
level = "debug"
file = "~/agent.log"
[queue]
max_bytes = "64MiB"
[time]
zone = "Europe/Berlin"
human_timeout = "15min"
[[sink]]
name = "team"
url = "https://hub.example"
timer = "10s"
[[sink]]
name = "b"
url = "http://127.0.0.1:1"
)");
  corpus.add("config_file", "delivery.capacity = 1\nhub = { listen = '''[::1]:1''' }\n");
  const std::string nul(1, '\0');
  corpus.add("config_environment",
             "HOME=/home/ada" + nul + "XDG_STATE_HOME=/s" + nul + "VIGIL_LISTEN=[::1]:1" + nul +
                 "VIGIL_ENDPOINT=https://hub.example" + nul + "VIGIL_TIMER=now" + nul +
                 "VIGIL_CLAUDE_ROOTS=~/x:/y" + nul + "VIGIL_LOG=debug" + nul +
                 "CLAUDE_CONFIG_DIR=/c" + nul + "CODEX_HOME=rel");
  for (const auto* text : {R"({"do":"status"})", R"({"do":"flush"})", R"({"do":"retry"})",
                           R"({"do":"catch_up"})", R"({"do":"link"})", R"({"do":[[[[]]]]})"}) {
    corpus.add("control_request", text);
  }
  vigil::test::MemoryFileSystem disk;
  FallbackFile file(disk, "/f");
  (void)file.append("one heartbeat");
  (void)file.append("another");
  const std::string frames = *read_file(disk, "/f", kFallbackMax);
  corpus.add("fallback_file", frames);
  corpus.add("fallback_file", frames.substr(0, 20) + frames);
  const std::string digest = to_hex(sha256("[]"));
  corpus.add("hub_answer", nul + "120" + nul + R"({"batch":"b1","digest":")" + digest +
                               R"(","stored":2,"duplicate":0,"revised":0,"rejected":[)" +
                               R"({"index":1,"id":"","code":"malformed","message":"x"}]})");
  corpus.add("hub_answer",
             "\x0c"
             "Wed, 21 Oct 2026 07:28:00 GMT" +
                 nul + "{}");
  corpus.add("hub_answer", "\x05" + nul +
                               R"({"error":{"code":"clock_skew","server_time":)"
                               R"("2026-11-21T10:00:00.000Z"}})");
  corpus.add("language", "a.h\n/* x */\nclass A {\n};\n");
  corpus.add("language", "a.inc\n# -*- mode: ruby -*-\n# vim: set ft=c:\n");
  corpus.add("language", "tool\n#!/usr/bin/env -S A=b python3.11 -u\n");
  corpus.add("project_texts", "https://ada:secret@host.example:8443/fleet/harbor.git?a#b");
  corpus.add("privacy_rules", std::string_view("/secret/\0/home/ada/secret/a\0vigil pauses 1\n"
                                               "2026-11-01T12:00:00.000Z 2026-11-01T12:30:00.000Z\n"
                                               "2026-11-02T09:00:00.000Z -\n",
                                               120));
  corpus.add("privacy_rules", std::string_view("(a*)*b$\0/aaaaaaaaaaaaaaa\0", 25));
  corpus.add("project_texts", "git@host.example:fleet/harbor.git");
  corpus.add("project_texts", "[package]\nname = \"harbor\"\nmodule example.org/harbor/v2\n");
  corpus.add("project_texts", R"({"name": "harbor", "x": [{"name": 1}]})");
  corpus.add("terminal_text", "pr\x1b[31mo\u202ejekt\n\xff\u4e2d\u0301");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: fuzz_seeds FIXTURES OUT\n";
    return 2;
  }
  const fs::path fixtures = argv[1];
  Corpus corpus(argv[2]);
  add_logs(corpus, parser::Format::claude_code, logs_below(fixtures / "claude"));
  add_logs(corpus, parser::Format::codex, logs_below(fixtures / "codex"));
  add_editor_traces(corpus);
  add_requests(corpus);
  add_crypto(corpus);
  add_the_rest(corpus);
  return 0;
}
