#include "agent/hub/store/rollup_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

// A slot's figures are a sequence of entries. An entry is ten numbers (the group as the difference
// to the one before, then the figures), each in as many bytes as it needs (0 to 8, little-endian),
// behind five bytes that hold those ten lengths, four bits each. Decoding has no branch per byte:
// 250,000 entries take a few milliseconds.

namespace vigil::agent {
namespace {

using Fields = std::array<std::int64_t, 9>;

Fields fields_of(const Figures& figures) {
  return {figures.heartbeats,         figures.tokens.input,  figures.tokens.cache_read,
          figures.tokens.cache_write, figures.tokens.output, figures.tokens.reasoning,
          figures.human.count(),      figures.agent.count(), figures.united.count()};
}

constexpr std::size_t kNumbers = 10;
constexpr std::size_t kLengthBytes = kNumbers / 2;
constexpr std::size_t kWord = sizeof(std::uint64_t);
using Numbers = std::array<std::uint64_t, kNumbers>;

static_assert(std::endian::native == std::endian::little);

std::size_t length_of(std::uint64_t number) {
  return (static_cast<std::size_t>(std::bit_width(number)) + 7) / 8;
}

void put(const Numbers& numbers, std::string& to) {
  std::uint64_t lengths = 0;
  for (std::size_t i = 0; i < kNumbers; ++i) lengths |= length_of(numbers[i]) << (4 * i);
  to.append(std::bit_cast<std::array<char, kWord>>(lengths).data(), kLengthBytes);
  for (const std::uint64_t number : numbers) {
    to.append(std::bit_cast<std::array<char, kWord>>(number).data(), length_of(number));
  }
}

/// The first `length` bytes as a number; the caller knows that they are there.
std::uint64_t peek(std::string_view bytes, std::size_t length) {
  std::uint64_t number = 0;
  if (bytes.size() < kWord) {
    std::memcpy(&number, bytes.data(), length);
    return number;
  }
  std::memcpy(&number, bytes.data(), kWord);
  return length == kWord ? number : number & ((std::uint64_t{1} << (8 * length)) - 1);
}

/// Takes an entry off the front; nothing where there is no whole one.
std::optional<Numbers> take(std::string_view& bytes) {
  if (bytes.size() < kLengthBytes) return std::nullopt;
  std::uint64_t lengths = peek(bytes, kLengthBytes);
  bytes.remove_prefix(kLengthBytes);
  Numbers numbers{};
  for (std::uint64_t& number : numbers) {
    const std::size_t length = lengths & 0xF;
    lengths >>= 4;
    if (length > std::min(kWord, bytes.size())) return std::nullopt;
    number = peek(bytes, length);
    bytes.remove_prefix(length);
  }
  return numbers;
}

Figures figures_of(const Numbers& numbers) {
  const auto field = [&numbers](std::size_t i) { return static_cast<std::int64_t>(numbers[i]); };
  return {field(1),
          {field(2), field(3), field(4), field(5), field(6)},
          microseconds{field(7)},
          microseconds{field(8)},
          microseconds{field(9)}};
}

}  // namespace

std::string encode_figures(const SlotFigures& figures) {
  std::string bytes;
  std::uint32_t previous = 0;
  for (const auto& [group, of_group] : figures) {
    Numbers numbers{group - previous};
    std::ranges::transform(fields_of(of_group), numbers.begin() + 1,
                           [](std::int64_t field) { return static_cast<std::uint64_t>(field); });
    put(numbers, bytes);
    previous = group;
  }
  return bytes;
}

std::optional<FigureDecoder::Entry> FigureDecoder::next() {
  if (bytes_.empty() || is_damaged_) return std::nullopt;
  const auto numbers = take(bytes_);
  is_damaged_ = !numbers || numbers->front() > UINT32_MAX - group_;
  if (is_damaged_) return std::nullopt;
  group_ += numbers->front();
  return Entry{static_cast<std::uint32_t>(group_), figures_of(*numbers)};
}

}  // namespace vigil::agent
