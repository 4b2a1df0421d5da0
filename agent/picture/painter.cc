#include "agent/picture/painter.h"

#include <dlfcn.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

// Linked at start-up, pango, cairo and the 22 libraries behind them would more than double what a
// run of the program spends on symbols. Who wants a picture pays for them.

namespace vigil::agent {
namespace {

/// CRC-32 as PNG has it, for one chunk.
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xFFU);
  }
  return bytes;
}

/// An iTXt chunk: UTF-8, not compressed, of no language.
std::string text_chunk(std::string_view keyword, std::string_view text) {
  std::string body = "iTXt" + std::string(keyword) + std::string(5, '\0') + std::string(text);
  return big_endian(static_cast<std::uint32_t>(body.size() - 4)) + body +
         big_endian(checksum(body));
}

constexpr std::size_t kBehindHeader = 8 + 25;  // the signature and IHDR

cairo_status_t append(void* to, const unsigned char* data, unsigned int length) {
  // cairo hands bytes on as unsigned; a string has them as char.
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

double part(std::uint8_t colour) {
  return colour / 255.0;
}

}  // namespace

/// The functions that are used, by their own names.
class Painter::Library {
 public:
  static Result<std::unique_ptr<Library>> load() {
    constexpr const char* kName = "libpangocairo-1.0.so.0";
    auto* handle = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) {
      return fail(Errc::unavailable,
                  std::string(kName) + " is not installed (libpangocairo-1.0-0)");
    }
    auto library = std::make_unique<Library>();
    if (!library->bind_cairo(handle) || !library->bind_pango(handle)) {
      return fail(Errc::unavailable, std::string(kName) + " lacks a function");
    }
    return library;
  }

  decltype(&cairo_image_surface_create) surface_create = nullptr;
  decltype(&cairo_surface_status) surface_status = nullptr;
  decltype(&cairo_surface_destroy) surface_destroy = nullptr;
  decltype(&cairo_surface_write_to_png_stream) write_png = nullptr;
  decltype(&cairo_create) create = nullptr;
  decltype(&cairo_destroy) destroy = nullptr;
  decltype(&cairo_scale) scale = nullptr;
  decltype(&cairo_set_source_rgb) set_colour = nullptr;
  decltype(&cairo_new_sub_path) new_path = nullptr;
  decltype(&cairo_arc) arc = nullptr;
  decltype(&cairo_rectangle) rectangle = nullptr;
  decltype(&cairo_close_path) close_path = nullptr;
  decltype(&cairo_fill) fill = nullptr;
  decltype(&cairo_move_to) move_to = nullptr;
  decltype(&pango_cairo_create_layout) create_layout = nullptr;
  decltype(&pango_cairo_show_layout) show_layout = nullptr;
  decltype(&pango_cairo_update_layout) update_layout = nullptr;
  decltype(&pango_layout_set_text) set_text = nullptr;
  decltype(&pango_layout_set_font_description) set_font = nullptr;
  decltype(&pango_layout_set_single_paragraph_mode) set_single = nullptr;
  decltype(&pango_layout_set_auto_dir) set_auto_direction = nullptr;
  decltype(&pango_layout_get_context) layout_context = nullptr;
  decltype(&pango_context_set_round_glyph_positions) set_round_positions = nullptr;
  decltype(&pango_layout_get_size) get_size = nullptr;
  decltype(&pango_layout_get_baseline) get_baseline = nullptr;
  decltype(&pango_layout_get_unknown_glyphs_count) unknown_letters = nullptr;
  decltype(&pango_font_description_new) font_new = nullptr;
  decltype(&pango_font_description_set_family) font_set_family = nullptr;
  decltype(&pango_font_description_set_weight) font_set_weight = nullptr;
  decltype(&pango_font_description_set_absolute_size) font_set_size = nullptr;
  decltype(&pango_font_description_free) font_free = nullptr;
  decltype(&g_object_unref) unref = nullptr;

 private:
  bool bind_cairo(void* handle) {
    return bind(handle, "cairo_image_surface_create", surface_create) &&
           bind(handle, "cairo_surface_status", surface_status) &&
           bind(handle, "cairo_surface_destroy", surface_destroy) &&
           bind(handle, "cairo_surface_write_to_png_stream", write_png) &&
           bind(handle, "cairo_create", create) && bind(handle, "cairo_destroy", destroy) &&
           bind(handle, "cairo_scale", scale) && bind(handle, "cairo_set_source_rgb", set_colour) &&
           bind(handle, "cairo_new_sub_path", new_path) && bind(handle, "cairo_arc", arc) &&
           bind(handle, "cairo_rectangle", rectangle) &&
           bind(handle, "cairo_close_path", close_path) && bind(handle, "cairo_fill", fill) &&
           bind(handle, "cairo_move_to", move_to);
  }

  bool bind_pango(void* handle) {
    return bind(handle, "pango_cairo_create_layout", create_layout) &&
           bind(handle, "pango_cairo_show_layout", show_layout) &&
           bind(handle, "pango_cairo_update_layout", update_layout) &&
           bind(handle, "pango_layout_set_text", set_text) &&
           bind(handle, "pango_layout_set_font_description", set_font) &&
           bind(handle, "pango_layout_set_single_paragraph_mode", set_single) &&
           bind(handle, "pango_layout_set_auto_dir", set_auto_direction) &&
           bind(handle, "pango_layout_get_context", layout_context) &&
           bind(handle, "pango_context_set_round_glyph_positions", set_round_positions) &&
           bind(handle, "pango_layout_get_size", get_size) &&
           bind(handle, "pango_layout_get_baseline", get_baseline) &&
           bind(handle, "pango_layout_get_unknown_glyphs_count", unknown_letters) &&
           bind(handle, "pango_font_description_new", font_new) &&
           bind(handle, "pango_font_description_set_family", font_set_family) &&
           bind(handle, "pango_font_description_set_weight", font_set_weight) &&
           bind(handle, "pango_font_description_set_absolute_size", font_set_size) &&
           bind(handle, "pango_font_description_free", font_free) &&
           bind(handle, "g_object_unref", unref);
  }

  template <class Function>
  static bool bind(void* handle, const char* name, Function& function) {
    // POSIX: an address from dlsym() may be taken for a function's.
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    return function != nullptr;
  }
};

/// A surface with what draws on it. Owns all three.
class Painter::Canvas {
 public:
  Canvas(const Library& library, int width, int height, double scale)
      : library_(library), surface_(library.surface_create(CAIRO_FORMAT_RGB24, width, height)) {
    context_ = library.create(surface_);
    library.scale(context_, scale, scale);
    layout_ = library.create_layout(context_);
    // Letters are where they belong, so that a line is as wide as its size says at any scale.
    library.set_round_positions(library.layout_context(layout_), 0);
    library.set_single(layout_, 1);
    library.set_auto_direction(layout_, 0);  // where a run begins is part of the scene
  }
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;
  ~Canvas() {
    library_.unref(layout_);
    library_.destroy(context_);
    library_.surface_destroy(surface_);
  }

  [[nodiscard]] bool is_usable() const {
    return library_.surface_status(surface_) == CAIRO_STATUS_SUCCESS;
  }

  /// Its width.
  double lay_out(std::string_view text, double size, Weight weight) {
    auto* font = library_.font_new();
    library_.font_set_family(font, std::string(kFontFamilies).c_str());
    library_.font_set_weight(font,
                             weight == Weight::bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    library_.font_set_size(font, size * PANGO_SCALE);
    library_.set_font(layout_, font);
    library_.font_free(font);
    library_.set_text(layout_, text.data(), static_cast<int>(text.size()));
    library_.update_layout(context_, layout_);
    int width = 0;
    library_.get_size(layout_, &width, nullptr);
    return static_cast<double>(width) / PANGO_SCALE;
  }

  [[nodiscard]] bool lacks_letters() const { return library_.unknown_letters(layout_) != 0; }

  void draw(const Box& box) {
    choose(box.colour);
    const double radius = std::min({box.radius, box.width / 2, box.height / 2});
    if (radius <= 0) {
      library_.rectangle(context_, box.x, box.y, box.width, box.height);
    } else {
      constexpr double kQuarter = std::numbers::pi / 2;
      const double right = box.x + box.width - radius;
      const double bottom = box.y + box.height - radius;
      library_.new_path(context_);
      library_.arc(context_, right, box.y + radius, radius, -kQuarter, 0);
      library_.arc(context_, right, bottom, radius, 0, kQuarter);
      library_.arc(context_, box.x + radius, bottom, radius, kQuarter, 2 * kQuarter);
      library_.arc(context_, box.x + radius, box.y + radius, radius, 2 * kQuarter, 3 * kQuarter);
      library_.close_path(context_);
    }
    library_.fill(context_);
  }

  void draw(const TextRun& run) {
    choose(run.colour);
    const double width = lay_out(run.text, run.size, run.weight);
    const double left = run.anchor == Anchor::left     ? run.x
                        : run.anchor == Anchor::middle ? run.x - width / 2
                                                       : run.x - width;
    const double above = static_cast<double>(library_.get_baseline(layout_)) / PANGO_SCALE;
    library_.move_to(context_, left, run.baseline - above);
    library_.show_layout(context_, layout_);
  }

  [[nodiscard]] std::string png() {
    std::string bytes;
    const auto status = library_.write_png(surface_, &append, &bytes);
    return status == CAIRO_STATUS_SUCCESS ? bytes : std::string();
  }

 private:
  void choose(const Colour& colour) {
    library_.set_colour(context_, part(colour.red), part(colour.green), part(colour.blue));
  }

  const Library& library_;
  cairo_surface_t* surface_;
  cairo_t* context_ = nullptr;
  PangoLayout* layout_ = nullptr;
};

Painter::Painter(std::unique_ptr<Library> library) : library_(std::move(library)) {
  measuring_ = std::make_unique<Canvas>(*library_, 1, 1, 1);
}
Painter::~Painter() = default;

Result<std::unique_ptr<Painter>> Painter::load() {
  auto library = VIGIL_TRY(Library::load());
  return std::unique_ptr<Painter>(new Painter(std::move(library)));
}

double Painter::width_of(std::string_view text, double size, Weight weight) {
  return measuring_->lay_out(text, size, weight);
}

bool Painter::has_letters_of(std::string_view text) {
  (void)measuring_->lay_out(text, 16, Weight::regular);
  return !measuring_->lacks_letters();
}

Result<std::string> Painter::png(const Scene& scene, double scale) {
  const auto pixels = [scale](double length) {
    return static_cast<int>(std::lround(length * scale));
  };
  Canvas canvas(*library_, pixels(scene.width), pixels(scene.height), scale);
  if (!canvas.is_usable()) return fail(Errc::io, "there is no memory for a picture of this size");
  canvas.draw(Box{0, 0, scene.width, scene.height, 0, scene.background});
  for (const Mark& mark : scene.marks) {
    std::visit([&canvas](const auto& one) { canvas.draw(one); }, mark);
  }
  std::string file = canvas.png();
  if (file.size() < kBehindHeader) return fail(Errc::io, "the picture cannot be written");
  file.insert(kBehindHeader, text_chunk("Software", "Vigil") + text_chunk("Title", scene.title) +
                                 text_chunk("Description", scene.description));
  return file;
}

}  // namespace vigil::agent
