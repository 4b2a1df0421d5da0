#include "agent/cli/hub_client.h"

#include <httplib.h>

#include <memory>
#include <optional>

#include "agent/cli/json_value.h"
#include "agent/config/address.h"
#include "agent/delivery/http_client.h"

namespace vigil::agent {
namespace {

constexpr time_t kConnectSeconds = 5;
constexpr time_t kSilenceSeconds = 30;
constexpr std::size_t kErrorBodyMax = 64 * 1024;

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') ||
                       std::string_view("-._~,").contains(letter);
    if (plain) {
      out += letter;
    } else {
      ((out += '%') += kHex[code >> 4U]) += kHex[code & 15U];
    }
  }
  return out;
}

std::string target_of(const std::string& path, const QueryParameters& query) {
  std::string target = path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    (((target += separator) += name) += '=') += percent_encoded(value);
    separator = '&';
  }
  return target;
}

std::expected<std::unique_ptr<httplib::ClientImpl>, Failure> client_of(const SinkConfig& hub,
                                                                       const Url& url) {
  auto client = make_http_client(url, hub.ca_file, hub.proxy);
  if (!client) return failure_of(std::move(client).error().within(hub.url));
  (*client)->set_connection_timeout(kConnectSeconds);
  (*client)->set_read_timeout(kSilenceSeconds);
  return *std::move(client);
}

Failure refused(int status, const std::string& url, const std::string& body) {
  if (status == 401 || status == 403) {
    return {Exit::token_needed, "token_needed", url + " wants a read token",
            "VIGIL_TOKEN=... (made there by `agent hub token new NAME`)"};
  }
  Failure failure{Exit::failed, "hub_refused", url + " answers " + std::to_string(status), {}};
  const auto json = JsonValue::parse(body);
  if (const auto message = json ? json->text("/error/message") : std::nullopt) {
    failure.message += ": " + *message;
  }
  return failure;
}

Failure unreachable(const std::string& url, httplib::Error error) {
  return {Exit::unreachable, "hub_unreachable", url + ": " + httplib::to_string(error),
          "agent status"};
}

}  // namespace

HubClient::HubClient(SinkConfig hub, std::string token)
    : hub_(std::move(hub)), token_(std::move(token)) {}

std::expected<void, Failure> HubClient::get(
    const std::string& path, const QueryParameters& query,
    const std::function<bool(std::string_view)>& take) const {
  const auto url = parse_url(hub_.url);
  if (!url) {
    return std::unexpected(Failure{Exit::configuration, "configuration", "bad hub URL", {}});
  }
  int status = 0;
  std::string error_body;
  bool stopped = false;
  const auto made = client_of(hub_, *url);
  if (!made) return std::unexpected(made.error());
  const auto& client = *made;
  const auto result = client->Get(
      target_of(url->path + path, query), {{"Authorization", "Bearer " + token_}},
      [&](const httplib::Response& response) {
        status = response.status;
        return true;
      },
      [&](const char* data, std::size_t size) {
        if (status == 200) {
          stopped = !take({data, size});
          return !stopped;
        }
        error_body.append(data, size);
        return error_body.size() <= kErrorBodyMax;
      });
  if (status != 0 && status != 200) return std::unexpected(refused(status, hub_.url, error_body));
  if (!result && !stopped) return std::unexpected(unreachable(hub_.url, result.error()));
  return {};
}

std::expected<std::string, Failure> HubClient::post(const std::string& path) const {
  const auto url = parse_url(hub_.url);
  if (!url) {
    return std::unexpected(Failure{Exit::configuration, "configuration", "bad hub URL", {}});
  }
  const auto made = client_of(hub_, *url);
  if (!made) return std::unexpected(made.error());
  const auto& client = *made;
  const httplib::Headers headers{{"Authorization", "Bearer " + token_}};
  const auto result = client->Post(url->path + path, headers, "", "application/json");
  if (!result) return std::unexpected(unreachable(hub_.url, result.error()));
  if (result->status < 200 || result->status > 299) {
    return std::unexpected(refused(result->status, hub_.url, result->body));
  }
  return result->body;
}

}  // namespace vigil::agent
