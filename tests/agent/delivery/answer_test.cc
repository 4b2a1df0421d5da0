#include "agent/delivery/answer.h"

#include <catch2/catch.hpp>

namespace {

using namespace vigil;
using namespace vigil::agent;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime kNow{milliseconds{1'700'000'000'000}};  // 2023-11-14T22:13:20Z

SealedBatch batch_of(std::size_t events) {
  SealedBatch batch;
  batch.id = BatchId("bat_1");
  batch.digest_hex = "d1";
  batch.events = events;
  return batch;
}

Decision judge_status(int status, std::string body = {}, std::string retry_after = {},
                      AckRule rule = AckRule::named) {
  return judge(HttpAnswer{status, std::move(retry_after), std::move(body)}, batch_of(3), rule,
               kNow);
}

std::string ack(const std::string& rest = "") {
  return R"({"batch":"bat_1","digest":"d1","stored":3)" + rest + "}";
}

}  // namespace

TEST_CASE("every status has one meaning", "[delivery][unit]") {
  const auto [status, verdict] = GENERATE(table<int, Verdict>({
      {100, Verdict::retry},     {301, Verdict::retry},     {302, Verdict::retry},
      {307, Verdict::retry},     {308, Verdict::retry},     {400, Verdict::refused},
      {401, Verdict::denied},    {403, Verdict::denied},    {404, Verdict::misplaced},
      {405, Verdict::misplaced}, {407, Verdict::denied},    {408, Verdict::retry},
      {409, Verdict::retry},     {410, Verdict::misplaced}, {411, Verdict::misplaced},
      {413, Verdict::too_large}, {415, Verdict::misplaced}, {422, Verdict::refused},
      {425, Verdict::retry},     {429, Verdict::retry},     {431, Verdict::misplaced},
      {451, Verdict::misplaced}, {499, Verdict::misplaced}, {500, Verdict::retry},
      {502, Verdict::retry},     {503, Verdict::retry},     {504, Verdict::retry},
      {599, Verdict::retry},     {0, Verdict::retry},       {999, Verdict::retry},
  }));
  const auto decision = judge_status(status);
  CHECK(decision.verdict == verdict);
  CHECK(decision.reason.starts_with(std::to_string(status)));
  CHECK_FALSE(decision.wait);
}

TEST_CASE("no answer means: again", "[delivery][unit]") {
  const auto decision =
      judge(fail(Errc::unavailable, "cannot connect"), batch_of(1), AckRule::named, kNow);
  CHECK(decision.verdict == Verdict::retry);
  CHECK(decision.reason == "cannot connect");
}

TEST_CASE("only a 2xx that names batch and digest is an acknowledgement", "[delivery][unit]") {
  const auto [body, verdict] = GENERATE(table<std::string, Verdict>({
      {ack(), Verdict::delivered},
      {ack(R"(,"rejected":[])"), Verdict::delivered},
      {"", Verdict::retry},
      {"OK", Verdict::retry},
      {"{}", Verdict::retry},
      {"[]", Verdict::retry},
      {R"({"batch":"bat_1"})", Verdict::retry},
      {R"({"batch":"bat_2","digest":"d1"})", Verdict::retry},
      {R"({"batch":"bat_1","digest":"d2"})", Verdict::retry},
      {R"({"batch":"bat_1","digest":7})", Verdict::retry},
      {ack().substr(0, 20), Verdict::retry},
      {ack(R"(,"rejected":7)"), Verdict::retry},
      {ack(R"(,"rejected":[{"index":3}])"), Verdict::retry},
      {ack(R"(,"rejected":[{"index":-1}])"), Verdict::retry},
      {ack(R"(,"rejected":[{"index":1},{"index":1}])"), Verdict::retry},
      {ack(R"(,"rejected":[{"id":"evt_1"}])"), Verdict::retry},
  }));
  CHECK(judge_status(GENERATE(200, 201, 202, 204), body).verdict == verdict);
}

TEST_CASE("an answer cut at any byte is no acknowledgement", "[delivery][unit]") {
  const std::string whole = ack(R"(,"rejected":[{"index":1,"code":"malformed"}])");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(judge_status(200, whole.substr(0, size)).verdict == Verdict::retry);
  }
}

TEST_CASE("rejected events are named with a code, never with text", "[delivery][unit]") {
  const auto decision = judge_status(
      200, ack(R"(,"rejected":[{"index":2,"code":"malformed"},{"index":0,"code":"My Secret!"}])"));
  CHECK(decision.verdict == Verdict::delivered);
  CHECK(decision.refused == std::vector<Refusal>{{2, "malformed"}, {0, "refused"}});
}

TEST_CASE("towards a plain server only 200, 201 and 202 acknowledge", "[delivery][unit]") {
  const auto [status, verdict] = GENERATE(table<int, Verdict>({{200, Verdict::delivered},
                                                               {201, Verdict::delivered},
                                                               {202, Verdict::delivered},
                                                               {204, Verdict::retry},
                                                               {400, Verdict::refused}}));
  CHECK(judge_status(status, "", "", AckRule::plain).verdict == verdict);
}

TEST_CASE("Retry-After is honoured up to an hour", "[delivery][unit]") {
  using Wait = std::optional<milliseconds>;
  const auto [text, wait] = GENERATE(table<std::string, Wait>({
      {"", std::nullopt},
      {"0", seconds(0)},
      {"7", seconds(7)},
      {"3600", kLongestWait},
      {"3601", kLongestWait},
      {"99999999999999999999", kLongestWait},
      {"-1", std::nullopt},
      {"1.5", std::nullopt},
      {"soon", std::nullopt},
      {"Tue, 14 Nov 2023 22:13:25 GMT", seconds(5)},
      {"Tue, 14 Nov 2023 22:13:05 GMT", seconds(0)},
      {"Wed, 14 Nov 2029 22:13:05 GMT", kLongestWait},
      {"Tue, 14 Xyz 2023 22:13:25 GMT", std::nullopt},
  }));
  CHECK(judge_status(GENERATE(429, 503), "", text).wait == wait);
}

TEST_CASE("a clock skew answer tells the offset, if it tells a time", "[delivery][unit]") {
  const auto skewed = judge_status(
      401, R"({"error":{"code":"clock_skew","server_time":"2023-11-14T22:23:20.000Z"}})");
  CHECK(skewed.verdict == Verdict::skewed);
  CHECK(skewed.clock_offset == std::chrono::minutes(10));
  CHECK(judge_status(401, R"({"error":{"code":"clock_skew"}})").verdict == Verdict::denied);
  CHECK(judge_status(401, R"({"error":{"code":"key_revoked"}})").reason == "401 key_revoked");
}

TEST_CASE("a refusal is told apart by its code, but its text is not repeated", "[delivery][unit]") {
  CHECK(judge_status(400, R"({"error":{"code":"malformed","message":"secret"}})").reason ==
        "400 malformed");
  CHECK(judge_status(422, R"({"error":{"code":"Contains secret"}})").reason == "422");
  CHECK(judge_status(400, std::string(100'000, '[')).reason == "400");
}
