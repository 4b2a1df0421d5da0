#include "agent/context/remote_url.h"

#include <algorithm>

#include "base/text_lines.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kScheme = "://";

/// Where the host and its user begin and end; both 0 for a path on this machine.
struct Authority {
  std::size_t begin = 0;
  std::size_t end = 0;
};

Authority authority_of(std::string_view url) {
  if (const auto scheme = url.find(kScheme); scheme != std::string_view::npos) {
    const auto begin = scheme + kScheme.size();
    return {begin, std::min(url.find('/', begin), url.size())};
  }
  // `git@host:path`, in which a login may hold colons itself; a path where neither is there.
  const auto slash = std::min(url.find('/'), url.size());
  const auto login = url.substr(0, slash).rfind('@');
  const auto from = login == std::string_view::npos ? 0 : login;
  const auto colon = url.find(':', from);
  if (colon < slash) return {0, colon};
  return {0, login == std::string_view::npos ? 0 : slash};
}

}  // namespace

std::string without_credentials(std::string_view url) {
  url = trimmed(url);
  if (!is_plain_text(url)) return {};
  const auto [begin, end] = authority_of(url);
  std::string clean(url.substr(0, begin));
  auto authority = url.substr(begin, end - begin);
  // An unescaped slash in a password ends the authority for us; what is before the last @ goes.
  auto rest = url.substr(end);
  if (begin > 0) {
    if (const auto at = rest.find('@'); at != std::string_view::npos &&
                                        authority.find(':') != std::string_view::npos &&
                                        authority.find('@') == std::string_view::npos) {
      authority = rest.substr(at + 1, rest.find('/', at) - at - 1);
      rest = rest.substr(std::min(rest.find('/', at), rest.size()));
    }
    rest = rest.substr(0, rest.find_first_of("?#"));
  }
  clean += authority.substr(authority.rfind('@') + 1);
  clean += rest;
  return clean;
}

std::string repository_of(std::string_view url) {
  constexpr std::string_view kSuffix = ".git";
  const std::string clean = without_credentials(url);
  const auto [begin, end] = authority_of(clean);
  if (end == 0) return {};
  std::string_view path = std::string_view(clean).substr(end);
  while (path.starts_with('/') || path.starts_with(':')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(kSuffix)) path.remove_suffix(kSuffix.size());
  return std::string(path);
}

}  // namespace vigil::agent
