// Digests, keyed digests, sealing and signatures (OpenSSL), and CRC-32C. All functions are
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace codman::base {

using Digest = std::array<unsigned char, 32>;

// SHA-256 of bytes given in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256& Add(std::string_view bytes);
  Digest Finish();  // afterwards the object starts anew

 private:
  void* context_;
};

Digest Sha256Of(std::string_view bytes);
std::string Sha256Hex(std::string_view bytes);
Result<std::string> Sha256HexOfFile(const std::string& path);
Digest HmacSha256(std::string_view key, std::string_view bytes);
// First eight bytes, little endian.
uint64_t LowBits(const Digest& digest);

std::string ToHex(std::string_view bytes);
std::string ToHex(const Digest& digest);
Result<std::string> FromHex(std::string_view hex);
std::string ToBase64Url(std::string_view bytes);  // without padding

// Cryptographically random.
std::string RandomBytes(size_t count);

// AES-256-GCM with a random nonce in front and the tag behind; `context` is authenticated, not
// stored. For many texts under one key, which is made ready once; one thread at a time.
class Sealer {
 public:
  explicit Sealer(std::string_view key32);
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;
  void Append(std::string_view plain, std::string_view context, std::string* out);

 private:
  void* cipher_;
  std::string nonces_;  // random bytes not used yet: drawn one by one they cost as much as sealing
};
std::string Seal(std::string_view key32, std::string_view plain, std::string_view context);
Result<std::string> Unseal(std::string_view key32, std::string_view sealed,
                           std::string_view context);

// Ed25519. The secret key is 32 random bytes.
std::string Ed25519PublicKey(std::string_view secret32);
std::string Ed25519Sign(std::string_view secret32, std::string_view message);
bool Ed25519Verify(std::string_view public32, std::string_view message,
                   std::string_view signature64);

// Equal in time that does not depend on the content.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// Castagnoli (RFC 3720 appendix B.4): Crc32c("123456789") = 0xE3069283.
uint32_t Crc32c(std::string_view bytes, uint32_t seed = 0);

}  // namespace codman::base
