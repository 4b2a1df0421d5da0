#include "agent/hub/dashboard_page.h"

#include <algorithm>
#include <optional>

#include "agent/hub/auth.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kAssets = "/assets/";
constexpr std::string_view kForEver = "private, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "private, no-cache";
constexpr std::string_view kNoDashboard =
    "This hub was built without the dashboard; its API is below /api/v1/, and `agent today` "
    "shows figures in a terminal.\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The next member of a list with commas, taken off its front.
std::string_view take_member(std::string_view& list) {
  const std::size_t end = std::min(list.find(','), list.size());
  const std::string_view member = trimmed(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return member;
}

/// Whether the weight of `br;q=0.5` is one that allows it.
bool is_wanted(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  return at == std::string_view::npos ||
         parameters.substr(at + 2).find_first_of("123456789") != std::string_view::npos;
}

/// `*` allows a coding; what is named itself is decided by its own weight.
bool allows(std::string_view accept_encoding, std::string_view coding) {
  bool by_star = false;
  while (!accept_encoding.empty()) {
    const std::string_view member = take_member(accept_encoding);
    const std::string_view name = trimmed(member.substr(0, member.find(';')));
    const std::string_view parameters = member.substr(std::min(member.find(';'), member.size()));
    if (equal_ignoring_case(name, coding)) return is_wanted(parameters);
    if (name == "*") by_star = is_wanted(parameters);
  }
  return by_star;
}

bool has_etag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    std::string_view member = take_member(if_none_match);
    if (member == "*") return true;
    if (member.starts_with("W/")) member.remove_prefix(2);
    if (member == etag) return true;
  }
  return false;
}

const DashboardFile* find_file(std::span<const DashboardFile> files, std::string_view path) {
  const auto found =
      std::ranges::find(files, path, [](const DashboardFile& file) { return file.path.view(); });
  return found == files.end() ? nullptr : &*found;
}

/// Each form of a file has a tag of its own, as a strong one must.
std::string etag_of(const DashboardFile& file, Coding coding) {
  std::string etag(file.etag.view());
  if (coding != Coding::identity)
    etag.insert(etag.size() - 1, coding == Coding::brotli ? "-br" : "-gz");
  return etag;
}

std::string_view body_of(const DashboardFile& file, Coding coding) {
  switch (coding) {
    case Coding::brotli: return file.brotli.view();
    case Coding::gzip: return file.gzip.view();
    case Coding::identity: break;
  }
  return file.identity.view();
}

Response without_dashboard() {
  Response response;
  response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  response.body = kNoDashboard;
  return response;
}

Response serve(const Request& request, const DashboardFile& file) {
  Coding coding = preferred_coding(request.header("Accept-Encoding"));
  if (body_of(file, coding).empty()) coding = Coding::identity;
  Response response;
  const std::string etag = etag_of(file, coding);
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Vary", "Accept-Encoding");
  response.headers.emplace_back("Cache-Control",
                                file.path.view().starts_with(kAssets) ? kForEver : kAskAgain);
  // Also with a 304: what it says replaces what a browser remembers.
  if (file.inline_script.size > 0) {
    response.headers.emplace_back(
        "Content-Security-Policy",
        content_policy(file.inline_script.view(), file.inline_style.view()));
  }
  if (has_etag(request.header("If-None-Match"), etag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", file.mime.view());
  if (coding != Coding::identity) {
    response.headers.emplace_back("Content-Encoding", coding == Coding::brotli ? "br" : "gzip");
  }
  response.body = body_of(file, coding);
  return response;
}

}  // namespace

Coding preferred_coding(std::string_view accept_encoding) {
  if (allows(accept_encoding, "br")) return Coding::brotli;
  if (allows(accept_encoding, "gzip")) return Coding::gzip;
  return Coding::identity;
}

Response dashboard_page(const Request& request, std::span<const DashboardFile> files) {
  if (const auto* const file = find_file(files, request.path)) return serve(request, *file);
  if (request.path.starts_with(kAssets)) {
    return error_response(404, "not_found", "there is nothing at this path");
  }
  const auto* const index = find_file(files, "/");
  return index == nullptr ? without_dashboard() : serve(request, *index);
}

}  // namespace vigil::agent
