#include "agent/hub/http_framing.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

TEST_CASE("a head names its length, its chunks or the end of the connection", "[hub][unit]") {
  Response response = json_response("{}");
  CHECK(head_text(response, Connection::keep, BodyForm::sized) ==
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
        "2\r\n\r\n");
  CHECK(head_text(response, Connection::keep, BodyForm::chunked)
            .contains("Transfer-Encoding: chunked\r\n"));
  CHECK(head_text(response, Connection::close, BodyForm::until_close)
            .ends_with("Connection: close\r\n\r\n"));
}

TEST_CASE("an answer that can have no body names no length", "[hub][unit]") {
  Response response;
  response.status = GENERATE(204, 304);
  CHECK_FALSE(head_text(response, Connection::keep, BodyForm::sized).contains("Content-Length"));
}

TEST_CASE("chunks carry their size in hexadecimal", "[hub][unit]") {
  CHECK(chunk_text("abcdefghijklmnop") == "10\r\nabcdefghijklmnop\r\n");
}

TEST_CASE("every answer that is sent has a phrase", "[hub][unit]") {
  const int status = GENERATE(200, 201, 303, 304, 400, 401, 403, 404, 405, 408, 409, 411, 413, 414,
                              415, 421, 422, 429, 431, 501, 503);
  CHECK(reason_phrase(status) != "Unknown");
}

}  // namespace
}  // namespace vigil::agent
