#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/context/manifest_name.h"
#include "agent/context/project_file.h"
#include "agent/context/remote_url.h"
#include "agent/daemon/requests.h"
#include "agent/delivery/answer.h"
#include "agent/outbox/fallback_file.h"
#include "agent/terminal/printable.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/text_lines.h"
#include "tests/fuzz/targets.h"
#include "tests/support/memory_file_system.h"

namespace vigil::fuzz {

void control_request(std::string_view input) {
  const auto request = agent::parse_request(input);
  if (request) {
    check(request->heartbeats.size() <= agent::kSubmittedMax);
  } else {
    const std::string answer = agent::refused(request.error());
    check(nlohmann::json::accept(answer) && !answer.contains('\n'));
  }
}

/// The file's bytes are frames and damage, nothing else; writing the frames anew gives them back.
void fallback_file(std::string_view input) {
  constexpr std::size_t kFrameHead = 16;
  test::MemoryFileSystem disk;
  disk.write("/state/fallback.log", input);
  const agent::FallbackFile file(disk, "/state/fallback.log");
  const auto content = file.read();
  check(content.has_value());
  std::size_t accounted = content->damaged_bytes;
  agent::FallbackFile copy(disk, "/state/copy.log");
  for (const auto& body : content->bodies) {
    accounted += kFrameHead + body.size();
    check(copy.append(body).has_value());
  }
  check(accounted == input.size());
  const auto again = copy.read();
  check(again->bodies == content->bodies && again->damaged_bytes == 0);
}

/// Whatever a server writes: a batch counts as delivered only where the answer names it.
void hub_answer(std::string_view bytes) {
  Input input(bytes);
  constexpr std::array kStatus{200, 201, 204, 301, 400, 401, 403, 404,
                               409, 410, 413, 422, 429, 500, 503};
  agent::HttpAnswer answer;
  answer.status = kStatus.at(input.byte() % kStatus.size());
  answer.retry_after = input.piece();
  answer.body = input.rest();
  agent::SealedBatch batch;
  batch.id = BatchId("b1");
  batch.body = "[]";
  batch.digest_hex = to_hex(sha256(batch.body));
  batch.events = 3;
  constexpr WallTime kNow{milliseconds{1'795'238'000'000}};
  const auto decision = agent::judge(answer, batch, agent::AckRule::named, kNow);
  if (decision.verdict == agent::Verdict::delivered) {
    check(answer.status < 300 && answer.body.contains(batch.digest_hex));
    for (const auto& refusal : decision.refused) check(refusal.index < batch.events);
  }
  if (decision.wait) {
    check(*decision.wait <= agent::kLongestWait && *decision.wait >= milliseconds{0});
  }
}

void terminal_text(std::string_view input) {
  const std::string shown = agent::printable(input);
  for (const char c : shown) {
    check(static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) != 0x7F);
  }
  for (const std::string_view turn : {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
                                      "\u2067", "\u2068", "\u2069", "\u0085", "\u009b", "\u2028"}) {
    check(!shown.contains(turn));
  }
  check(agent::printable(shown) == shown);
  check(agent::columns_of(shown) <= shown.size());
}

/// Manifests, project files and addresses: what becomes a name can be shown as one, and what stands
/// for the host in an address has no login before it.
void project_texts(std::string_view input) {
  for (const std::string_view manifest :
       {"package.json", "Cargo.toml", "pyproject.toml", "go.mod", "pubspec.yaml", "settings.gradle",
        "pom.xml", "mix.exs"}) {
    const std::string name = agent::manifest_name(manifest, input);
    check(name.size() <= 255 && is_plain_text(name));
  }
  const auto file = agent::parse_project_file(input);
  check(is_plain_text(file.name) && is_plain_text(file.branch));

  const std::string clean = agent::without_credentials(input);
  check(is_plain_text(clean));
  const auto scheme = clean.find("://");
  const auto host = scheme == std::string::npos ? 0 : scheme + 3;
  check(!clean.substr(host, clean.find('/', host) - host).contains('@'));
}

}  // namespace vigil::fuzz
