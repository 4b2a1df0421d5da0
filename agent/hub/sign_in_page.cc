#include "agent/hub/sign_in_page.h"

#include <string>
#include <string_view>

#include "agent/hub/auth.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark;--back:#f5f6f8;--card:#fff;--ink:#171a21;--soft:#565c69}"
    "@media(prefers-color-scheme:dark){:root{--back:#111419;--card:#191d24;--ink:#e9ebef;"
    "--soft:#a2a9b6}}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--back);"
    "color:var(--ink);font:16px/1.6 system-ui,sans-serif}"
    "main{margin:16px;padding:32px;max-width:26rem;border-radius:16px;background:var(--card)}"
    "h1{margin:0 0 8px;font-size:1.4rem}p{margin:8px 0 0;color:var(--soft)}"
    "code{color:var(--ink);font-weight:600}";

constexpr std::string_view kText =
    "<main><h1>Not signed in</h1>"
    "<p>Run <code>agent open</code> on this machine: it prints a link that works once, within a "
    "minute.</p>"
    "<p>A browser that came in by such a link stays signed in for 30 days.</p></main>";

}  // namespace

Response sign_in_page() {
  Response response;
  response.status = 401;
  response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
  const std::string hash = "'sha256-" + to_base64(sha256(kStyle)) + "'";
  response.headers.emplace_back("Content-Security-Policy", content_policy({}, hash));
  response.body.append(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>Vigil: not signed in</title><style>");
  response.body.append(kStyle).append("</style></head><body>").append(kText);
  response.body.append("</body></html>\n");
  return response;
}

}  // namespace vigil::agent
