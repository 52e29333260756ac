#include "base/crypto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/file.h"
#include "base/text.h"

// Published vectors: FIPS 180-4 (NIST examples), RFC 4231, RFC 8032 7.1, RFC 3720 B.4, RFC 4648 10.
namespace codman::base {
namespace {

std::string Hex(std::string_view text) { return FromHex(text).value(); }

TEST(Crypto, Sha256OfFips180Examples) {
  struct Case {
    std::string text;
    const char* digest;
  };
  const Case kCases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1000000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& [text, digest] : kCases) EXPECT_EQ(Sha256Hex(text), digest);
  Sha256 sha;
  EXPECT_EQ(ToHex(sha.Add("a").Add("").Add("bc").Finish()), kCases[1].digest);
  EXPECT_EQ(ToHex(sha.Add("abc").Finish()), kCases[1].digest) << "it starts anew";
  std::string path = testing::TempDir() + "codman_sha256";
  ASSERT_TRUE(WriteFileAtomically(path, kCases[3].text, {.sync = false}).ok());
  EXPECT_EQ(Sha256HexOfFile(path).value(), kCases[3].digest);
  EXPECT_EQ(Sha256HexOfFile("/absent").error().kind(), ErrorKind::kNotFound);
}

TEST(Crypto, HmacOfRfc4231) {
  EXPECT_EQ(ToHex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(ToHex(HmacSha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(ToHex(HmacSha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Crypto, Ed25519OfRfc8032) {
  struct Case {
    const char* secret;
    const char* public_key;
    const char* message;
    const char* signature;
  };
  const Case kCases[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9"
       "b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "1"
       "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "d"
       "c6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const auto& test : kCases) {
    std::string secret = Hex(test.secret), message = Hex(test.message);
    std::string signature = Ed25519Sign(secret, message), key = Ed25519PublicKey(secret);
    EXPECT_EQ(ToHex(key), test.public_key);
    EXPECT_EQ(ToHex(signature), test.signature);
    EXPECT_TRUE(Ed25519Verify(key, message, signature));
    EXPECT_FALSE(Ed25519Verify(key, message + "x", signature));
    EXPECT_FALSE(Ed25519Verify(key, message, signature.substr(1)));
    signature[10] ^= 1;
    EXPECT_FALSE(Ed25519Verify(key, message, signature));
  }
}

TEST(Crypto, Crc32cOfRfc3720) {
  std::string ascending, descending;
  for (int i = 0; i < 32; ++i) {
    ascending.push_back(static_cast<char>(i));
    descending.push_back(static_cast<char>(31 - i));
  }
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62A8AB43u);
  EXPECT_EQ(Crc32c(ascending), 0x46DD794Eu);
  EXPECT_EQ(Crc32c(descending), 0x113FDB5Cu);
  EXPECT_EQ(
      Crc32c(Hex("01c000000000000000000000000000001400000000000400000000140000001828000000000000"
                 "000200000000000000")),
      0xD9963A56u);
  EXPECT_EQ(Crc32c(""), 0u);
  for (size_t cut = 0; cut <= 32; ++cut) {
    std::string_view all = ascending;
    EXPECT_EQ(Crc32c(all.substr(cut), Crc32c(all.substr(0, cut))), 0x46DD794Eu) << cut;
  }
}

TEST(Crypto, Base64UrlOfRfc4648) {
  const char* const kTexts[][2] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (auto [plain, text] : kTexts) EXPECT_EQ(ToBase64Url(plain), text);
}

TEST(Crypto, HexRefusesWhatIsNoHex) {
  EXPECT_EQ(ToHex(std::string_view("\0\xff", 2)), "00ff");
  for (const char* text : {"a", "zz", "0 ", "ABCD"}) EXPECT_FALSE(FromHex(text).ok()) << text;
}

TEST(Crypto, SealedTextOpensWithItsKeyAndContextOnly) {
  std::string key(32, 'k'), other(32, 'K');
  for (const std::string& plain : {std::string(), std::string("x"), std::string(100000, '\0')}) {
    std::string sealed = Seal(key, plain, "journal");
    EXPECT_EQ(Unseal(key, sealed, "journal").value(), plain);
    EXPECT_EQ(sealed.size(), plain.size() + 12 + 16);
    EXPECT_NE(Seal(key, plain, "journal"), sealed) << "the nonce is fresh";
    EXPECT_FALSE(Unseal(other, sealed, "journal").ok());
    EXPECT_FALSE(Unseal(key, sealed, "identity").ok());
  }
  EXPECT_EQ(Unseal(key, Seal(key, std::string_view(), std::string_view()), "").value(), "");
}

TEST(Crypto, ASealerGivesEachTextANonceOfItsOwn) {
  std::string key(32, 'k');
  Sealer sealer(key);
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) {
    std::string out = "before", plain = format("text {}", i);
    sealer.Append(plain, "journal", &out);
    ASSERT_EQ(out.substr(0, 6), "before");
    EXPECT_EQ(Unseal(key, std::string_view(out).substr(6), "journal").value(), plain);
    nonces.insert(out.substr(6, 12));
  }
  EXPECT_EQ(nonces.size(), 1000u);
}

TEST(Crypto, EveryAlteredOrMissingByteOfASealedTextIsFound) {
  std::string key(32, 'k'), sealed = Seal(key, "lactate 4.1", "c");
  EXPECT_EQ(sealed.find("lactate"), std::string::npos);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] ^= 0x40;
    EXPECT_FALSE(Unseal(key, altered, "c").ok()) << i;
    EXPECT_FALSE(Unseal(key, std::string_view(sealed).substr(0, i), "c").ok()) << i;
  }
}

TEST(Crypto, RandomBytesDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(RandomBytes(16)).second);
  EXPECT_TRUE(EqualInConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualInConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualInConstantTime("abc", "ab"));
}

}  // namespace
}  // namespace codman::base
