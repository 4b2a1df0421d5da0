#pragma once

#include <expected>
#include <memory>
#include <string>

#include "agent/hub/auth.h"
#include "agent/hub/http_message.h"
#include "agent/hub/live_feed.h"
#include "agent/hub/picture_answers.h"
#include "agent/hub/registry_file.h"
#include "agent/hub/routes.h"
#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store_change.h"
#include "agent/hub/ticket_box.h"
#include "base/clock.h"
#include "base/random.h"

namespace vigil::agent {

/// Every route that changes nothing in the store: who may ask, and what the answer is. Belongs to
/// the thread that reads the store; so do the streams that it opens.
class ReadApi {
 public:
  struct World {
    RegistryFile& registry;
    TicketBox& tickets;
    LiveFeed& feed;
    const Clock& clock;
    Random& random;
    HostPolicy hosts;
    std::string default_zone;
    std::string settings{};  ///< as JSON
    WallTime started{};
  };

  ReadApi(World world, std::unique_ptr<HubReader> reader);
  ~ReadApi();

  [[nodiscard]] Response answer(Route route, const Request& request);

  /// What a request wants changed, for the store's writer to do; else the answer.
  [[nodiscard]] std::expected<StoreChange, Response> admit_change(Route route,
                                                                  const Request& request);

  void set_settings(std::string settings) { world_.settings = std::move(settings); }

  /// The store was found damaged since the last call.
  [[nodiscard]] bool take_damage() { return reader_->take_damage(); }

 private:
  [[nodiscard]] Response answer_known(Route route, const Request& request, Visitor visitor);
  [[nodiscard]] Response log_in(const Request& request, const Registry& registry);
  [[nodiscard]] Response new_ticket(Visitor visitor);
  [[nodiscard]] Response corrections();
  [[nodiscard]] std::expected<StoreChange, Response> admit_events(const Request& request,
                                                                  const Registry& registry);
  [[nodiscard]] Response ask_store(Route route, const Request& request);
  [[nodiscard]] Response open_export(const Request& request);
  [[nodiscard]] Response open_stream(const Request& request);
  [[nodiscard]] Response status();

  [[nodiscard]] Response picture(Route route, const Request& request);

  World world_;
  PictureMaker pictures_;
  std::unique_ptr<HubReader> reader_;
};

/// A path that signs a browser in once: `/login?ticket=...`.
[[nodiscard]] std::string new_login_path(TicketBox& tickets, Random& random, MonoTime now,
                                         Access access);

/// The answer to a failure of the store.
[[nodiscard]] Response failure_response(const Error& error);

}  // namespace vigil::agent
