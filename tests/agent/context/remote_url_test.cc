#include "agent/context/remote_url.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

TEST_CASE("an address loses what can be a secret and nothing else", "[context][unit]") {
  const auto [url, clean, repository] = GENERATE(table<std::string, std::string, std::string>({
      {"https://host.example/fleet/harbor.git", "https://host.example/fleet/harbor.git",
       "fleet/harbor"},
      {"https://ada:secret@host.example/fleet/harbor", "https://host.example/fleet/harbor",
       "fleet/harbor"},
      {"https://secret@host.example:8443/fleet/harbor/", "https://host.example:8443/fleet/harbor/",
       "fleet/harbor"},
      {"https://ada:se@secret@host.example/harbor", "https://host.example/harbor", "harbor"},
      {"https://ada:sec/secret@host.example/harbor", "https://host.example/harbor", "harbor"},
      {"https://host.example/harbor?token=secret", "https://host.example/harbor", "harbor"},
      {"https://host.example/harbor#secret", "https://host.example/harbor", "harbor"},
      {"ssh://git@host.example:22/fleet/harbor.git", "ssh://host.example:22/fleet/harbor.git",
       "fleet/harbor"},
      {"git@host.example:fleet/harbor.git", "host.example:fleet/harbor.git", "fleet/harbor"},
      {"ada:secret@host.example:fleet/harbor.git", "host.example:fleet/harbor.git", "fleet/harbor"},
      {"host.example:harbor", "host.example:harbor", "harbor"},
      {"/srv/git/harbor.git", "/srv/git/harbor.git", ""},
      {"../harbor", "../harbor", ""},
      {"file:///srv/git/harbor.git", "file:///srv/git/harbor.git", "srv/git/harbor"},
      {"  https://host.example/harbor  ", "https://host.example/harbor", "harbor"},
      {"https://host.example/a\nsecret", "", ""},
      {"https://host.example", "https://host.example", ""},
      {"", "", ""},
  }));
  CAPTURE(url);
  CHECK(without_credentials(url) == clean);
  CHECK(repository_of(url) == repository);
}

TEST_CASE("no place of a secret survives", "[context][unit]") {
  for (const std::string scheme : {"https://", "http://", "ssh://", "git+ssh://", "sftp://", ""}) {
    for (const std::string login :
         {"s3cret@", "ada:s3cret@", "s3cret:x@", ":s3cret@", "a:b:s3cret@"}) {
      for (const std::string rest :
           {"host/p", "host:22/p", "host", "host:p", "[::1]/p", "host/p@q"}) {
        const std::string url = scheme + login + rest;
        CAPTURE(url);
        CHECK(without_credentials(url).find("s3cret") == std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace vigil::agent
