// The envelope is walked once without looking into the events: each is cut out as a slice of the
// body. The slices are then read one by one; the bytes behind a slice (the next event, at the end
// the padding) serve as its padding, so nothing is copied.

#include "agent/heartbeat/batch_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/heartbeat_reader.h"
#include "parser/log_parser.h"

namespace vigil::agent {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view kEnd = "]}";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kNameMax = 128;  // bytes of any name in the envelope

/// A JSON string without anything that would need an escape.
bool is_plain_name(std::string_view text) {
  return text.size() <= kNameMax && std::ranges::all_of(text, [](unsigned char c) {
           return c > 0x20 && c < 0x7F && c != '"' && c != '\\';
         });
}

enum class Field : std::uint8_t {
  batch,
  created,
  events,
  instance,
  lane,
  prev,
  seq,
  source,
  split_of,
  v
};
constexpr std::array<std::string_view, 10> kFieldNames{
    "batch", "created", "events", "instance", "lane", "prev", "seq", "source", "split_of", "v"};

constexpr std::uint32_t bit(Field field) {
  return 1U << static_cast<unsigned>(field);
}
constexpr std::uint32_t kRequired = bit(Field::batch) | bit(Field::created) | bit(Field::events) |
                                    bit(Field::instance) | bit(Field::lane) | bit(Field::prev) |
                                    bit(Field::seq) | bit(Field::source) | bit(Field::v);

std::unexpected<Error> bad(std::string_view what) {
  return fail(Errc::malformed, std::string(what));
}

Result<std::string> read_name(ondemand::value value) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS || !is_plain_name(text)) {
    return bad("bad value in the envelope");
  }
  return std::string(text);
}

Result<std::uint64_t> read_number(ondemand::value value) {
  std::uint64_t number = 0;
  if (value.get_uint64().get(number) != simdjson::SUCCESS || number > INT64_MAX) {
    return bad("bad number in the envelope");
  }
  return number;
}

Result<std::vector<std::string_view>> cut_events(ondemand::array list) {
  std::vector<std::string_view> events;
  for (auto element : list) {
    ondemand::value value;
    std::string_view raw;
    if (element.get(value) != simdjson::SUCCESS) return bad("the list of events is not JSON");
    ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS ||
        object.raw_json().get(raw) != simdjson::SUCCESS) {
      return bad("an event is not a JSON object");
    }
    if (events.size() == kBatchEventsMax) return bad("more than 10000 events in one batch");
    events.push_back(raw);
  }
  return events;
}

struct Envelope {
  BatchHeader header;
  std::vector<std::string_view> events;
};

Result<void> take_field(Field field, ondemand::value value, Envelope& to) {
  BatchHeader& header = to.header;
  switch (field) {
    case Field::batch: header.batch = BatchId(VIGIL_TRY(read_name(value))); return {};
    case Field::instance: header.instance = VIGIL_TRY(read_name(value)); return {};
    case Field::lane: header.lane = VIGIL_TRY(read_name(value)); return {};
    case Field::prev: header.prev = VIGIL_TRY(read_name(value)); return {};
    case Field::seq: header.seq = VIGIL_TRY(read_number(value)); return {};
    case Field::source: header.source = SourceId(VIGIL_TRY(read_name(value))); return {};
    case Field::split_of: header.split_of = BatchId(VIGIL_TRY(read_name(value))); return {};
    case Field::v:
      if (VIGIL_TRY(read_number(value)) != kVersion)
        return bad("a version of the envelope other than 1");
      return {};
    case Field::created: {
      const auto time = parse_rfc3339(VIGIL_TRY(read_name(value)));
      if (!time) return bad("bad time in the envelope");
      header.created = *time;
      return {};
    }
    case Field::events: {
      ondemand::array list;
      if (value.get_array().get(list) != simdjson::SUCCESS) return bad("events is not a list");
      to.events = VIGIL_TRY(cut_events(list));
      return {};
    }
  }
  return {};
}

Result<Envelope> read_envelope(ondemand::object object) {
  Envelope envelope;
  std::uint32_t seen = 0;
  for (auto member : object) {
    std::string_view name;
    ondemand::value value;
    if (member.unescaped_key().get(name) != simdjson::SUCCESS ||
        member.value().get(value) != simdjson::SUCCESS) {
      return bad("the body is not JSON");
    }
    const auto* const found = std::ranges::lower_bound(kFieldNames, name);
    if (found == kFieldNames.end() || *found != name) continue;
    const auto field = static_cast<Field>(found - kFieldNames.begin());
    if ((seen & bit(field)) != 0) return bad("field " + std::string(*found) + " stands twice");
    seen |= bit(field);
    VIGIL_TRY(take_field(field, value, envelope));
  }
  if ((seen & kRequired) != kRequired) return bad("a field of the envelope is missing");
  return envelope;
}

simdjson::padded_string_view padded(std::string_view text) {
  return simdjson::padded_string_view(text.data(), text.size(), text.size() + parser::kLinePadding);
}

}  // namespace

BatchWriter::BatchWriter(const BatchHeader& header) {
  const auto add_name = [this](std::string_view name, std::string_view value) {
    body_ += name;
    body_ += is_plain_name(value) ? value : std::string_view{};
    body_ += '"';
  };
  add_name(R"({"v":1,"source":")", header.source.text());
  add_name(R"(,"instance":")", header.instance);
  add_name(R"(,"lane":")", header.lane);
  add_name(R"(,"batch":")", header.batch.text());
  body_ += R"(,"seq":)";
  body_ += std::to_string(header.seq);
  add_name(R"(,"prev":")", header.prev);
  add_name(R"(,"created":")", format_rfc3339(header.created));
  if (!header.split_of.empty()) add_name(R"(,"split_of":")", header.split_of.text());
  body_ += R"(,"events":[)";
}

void BatchWriter::add(std::string_view event) {
  if (events_ != 0) body_ += ',';
  body_ += event;
  ++events_;
}

std::size_t BatchWriter::size() const {
  return body_.size() + kEnd.size();
}

std::string BatchWriter::finish() && {
  body_ += kEnd;
  return std::move(body_);
}

struct BatchReader::Scanner {
  ondemand::parser outer;
  ondemand::parser inner;
  HeartbeatReader heartbeats;

  Result<std::vector<std::string_view>> cut(std::string_view body,
                                            std::optional<BatchHeader>& header);
  Result<void> check_source(std::string_view event, const SourceId& source);
  [[nodiscard]] std::string id_of(std::string_view event);
};

Result<std::vector<std::string_view>> BatchReader::Scanner::cut(
    std::string_view body, std::optional<BatchHeader>& header) {
  ondemand::document document;
  ondemand::json_type type{};
  if (outer.iterate(padded(body)).get(document) != simdjson::SUCCESS ||
      document.type().get(type) != simdjson::SUCCESS) {
    return bad("the body is not JSON");
  }
  std::vector<std::string_view> events;
  if (type == ondemand::json_type::array) {
    ondemand::array list;
    if (document.get_array().get(list) != simdjson::SUCCESS) return bad("the body is not JSON");
    events = VIGIL_TRY(cut_events(list));
  } else {
    ondemand::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) {
      return bad("the body is neither an envelope nor a list of heartbeats");
    }
    Envelope envelope = VIGIL_TRY(read_envelope(object));
    header = std::move(envelope.header);
    events = std::move(envelope.events);
  }
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    return bad("something follows the end of the body");
  }
  return events;
}

/// Heartbeats carry no source; an event that names one all the same must name the signer.
Result<void> BatchReader::Scanner::check_source(std::string_view event, const SourceId& source) {
  if (event.find("\"source\"") == std::string_view::npos) return {};
  ondemand::document document;
  std::string_view named;
  if (inner.iterate(padded(event)).get(document) != simdjson::SUCCESS) return {};
  const auto error = document["source"].get_string().get(named);
  if (error == simdjson::NO_SUCH_FIELD) return {};
  if (error == simdjson::SUCCESS && named == source.text()) return {};
  return fail(Errc::denied, "an event names another source than the one that signed");
}

std::string BatchReader::Scanner::id_of(std::string_view event) {
  ondemand::document document;
  std::string_view id;
  if (inner.iterate(padded(event)).get(document) != simdjson::SUCCESS) return {};
  if (document["id"].get_string().get(id) != simdjson::SUCCESS || !to_event_key(id)) return {};
  return std::string(id);
}

BatchReader::BatchReader() : scanner_(std::make_unique<Scanner>()) {}
BatchReader::BatchReader(BatchReader&&) noexcept = default;
BatchReader::~BatchReader() = default;

Result<ReadBatch> BatchReader::read(std::string_view body, const SourceId& source) {
  ReadBatch batch;
  const auto slices = VIGIL_TRY(scanner_->cut(body, batch.header));
  if (batch.header && batch.header->source != source) {
    return fail(Errc::denied, "the batch names another source than the one that signed");
  }
  batch.events.reserve(slices.size());
  for (std::size_t index = 0; index < slices.size(); ++index) {
    VIGIL_TRY(scanner_->check_source(slices[index], source));
    auto heartbeat = scanner_->heartbeats.read_padded(slices[index]);
    if (heartbeat) {
      batch.events.push_back(*std::move(heartbeat));
    } else {
      batch.rejected.push_back({index, scanner_->id_of(slices[index]), "malformed",
                                std::move(heartbeat).error().message});
    }
  }
  return batch;
}

}  // namespace vigil::agent
