#include "base/crypto.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cstring>

#include "base/text.h"

namespace codman::base {
namespace {

constexpr size_t kNonceBytes = 12, kTagBytes = 16, kNoncesAtOnce = 256;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
EVP_MD_CTX* Context(void* context) { return static_cast<EVP_MD_CTX*>(context); }
EVP_CIPHER_CTX* Cipher(void* cipher) { return static_cast<EVP_CIPHER_CTX*>(cipher); }

// Looked up once: by its name OpenSSL searches its providers at each use, which costs more than
// the digest of a short text.
const EVP_MD* Sha256Method() {
  static const EVP_MD* method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}
const EVP_CIPHER* SealMethod() {
  static const EVP_CIPHER* method = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return method;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key SecretKey(std::string_view secret) {
  CHECK(secret.size() == 32);
  return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(secret), secret.size()),
             EVP_PKEY_free);
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(Context(context_), Sha256Method(), nullptr);
}
Sha256::~Sha256() { EVP_MD_CTX_free(Context(context_)); }

Sha256& Sha256::Add(std::string_view bytes) {
  EVP_DigestUpdate(Context(context_), bytes.data(), bytes.size());
  return *this;
}

Digest Sha256::Finish() {
  Digest digest;
  EVP_DigestFinal_ex(Context(context_), digest.data(), nullptr);
  EVP_DigestInit_ex(Context(context_), Sha256Method(), nullptr);
  return digest;
}

Digest Sha256Of(std::string_view bytes) { return Sha256().Add(bytes).Finish(); }
std::string Sha256Hex(std::string_view bytes) { return ToHex(Sha256Of(bytes)); }

Result<std::string> Sha256HexOfFile(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NotFound(format("cannot read {}: {}", path, std::strerror(errno)));
  Sha256 sha;
  std::string buffer(1 << 20, '\0');
  ssize_t got = 0;
  while ((got = read(fd, buffer.data(), buffer.size())) > 0)
    sha.Add({buffer.data(), static_cast<size_t>(got)});
  close(fd);
  if (got < 0) return Unavailable(format("cannot read {}: {}", path, std::strerror(errno)));
  return ToHex(sha.Finish());
}

Digest HmacSha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(bytes), bytes.size(),
       digest.data(), &length);
  return digest;
}

uint64_t LowBits(const Digest& digest) {
  uint64_t bits = 0;
  std::memcpy(&bits, digest.data(), sizeof bits);
  return bits;
}

std::string ToHex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (unsigned char byte : bytes) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

std::string ToHex(const Digest& digest) {
  return ToHex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

Result<std::string> FromHex(std::string_view hex) {
  auto nibble = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (hex.size() % 2 != 0) return InvalidInput("hexadecimal text has an odd length");
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    int high = nibble(hex[i]), low = nibble(hex[i + 1]);
    if (high < 0 || low < 0) return InvalidInput("not hexadecimal text (0-9, a-f)");
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string ToBase64Url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  int length = EVP_EncodeBlock(Bytes(text), Bytes(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(length));
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  CHECK(RAND_bytes(Bytes(bytes), static_cast<int>(count)) == 1);
  return bytes;
}

Sealer::Sealer(std::string_view key32) : cipher_(EVP_CIPHER_CTX_new()) {
  CHECK(key32.size() == 32);
  EVP_EncryptInit_ex(Cipher(cipher_), SealMethod(), nullptr, Bytes(key32), nullptr);
}
Sealer::~Sealer() { EVP_CIPHER_CTX_free(Cipher(cipher_)); }

void Sealer::Append(std::string_view plain, std::string_view context, std::string* out) {
  if (nonces_.empty()) nonces_ = RandomBytes(kNoncesAtOnce * kNonceBytes);
  const size_t begin = out->size();
  out->append(nonces_, nonces_.size() - kNonceBytes);
  nonces_.resize(nonces_.size() - kNonceBytes);
  out->resize(begin + kNonceBytes + plain.size() + kTagBytes);
  unsigned char *nonce = Bytes(*out) + begin, *text = nonce + kNonceBytes;
  EVP_CIPHER_CTX* cipher = Cipher(cipher_);
  int length = 0;
  EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, nonce);
  EVP_EncryptUpdate(cipher, nullptr, &length, Bytes(context), static_cast<int>(context.size()));
  EVP_EncryptUpdate(cipher, text, &length, Bytes(plain), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(cipher, text + length, &length);
  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTagBytes, text + plain.size());
}

std::string Seal(std::string_view key32, std::string_view plain, std::string_view context) {
  std::string sealed;
  Sealer(key32).Append(plain, context, &sealed);
  return sealed;
}

Result<std::string> Unseal(std::string_view key32, std::string_view sealed,
                           std::string_view context) {
  CHECK(key32.size() == 32);
  if (sealed.size() < kNonceBytes + kTagBytes)
    return InvalidInput("a sealed text is too short to be one");
  std::string plain(sealed.size() - kNonceBytes - kTagBytes, '\0');
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  CipherContext cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int length = 0;
  EVP_DecryptInit_ex(cipher.get(), SealMethod(), nullptr, Bytes(key32), Bytes(sealed));
  EVP_DecryptUpdate(cipher.get(), nullptr, &length, Bytes(context),
                    static_cast<int>(context.size()));
  EVP_DecryptUpdate(cipher.get(), Bytes(plain), &length, Bytes(sealed) + kNonceBytes,
                    static_cast<int>(plain.size()));
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data());
  unsigned char rest[16];
  if (EVP_DecryptFinal_ex(cipher.get(), rest, &length) != 1) {
    return InvalidInput("a sealed text does not open: wrong key, or it was altered");
  }
  return plain;
}

std::string Ed25519PublicKey(std::string_view secret32) {
  Key key = SecretKey(secret32);
  std::string public_key(32, '\0');
  size_t length = 32;
  EVP_PKEY_get_raw_public_key(key.get(), Bytes(public_key), &length);
  return public_key;
}

std::string Ed25519Sign(std::string_view secret32, std::string_view message) {
  Key key = SecretKey(secret32);
  std::string signature(64, '\0');
  size_t length = signature.size();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key.get());
  EVP_DigestSign(context, Bytes(signature), &length, Bytes(message), message.size());
  EVP_MD_CTX_free(context);
  return signature;
}

bool Ed25519Verify(std::string_view public32, std::string_view message,
                   std::string_view signature64) {
  if (public32.size() != 32 || signature64.size() != 64) return false;
  Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public32), 32),
          EVP_PKEY_free);
  if (!key) return false;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  bool good =
      EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context, Bytes(signature64), 64, Bytes(message), message.size()) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace codman::base
