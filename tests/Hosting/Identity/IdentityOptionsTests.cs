using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity;
using Realtime.Tests.Hosting.Configuration;

namespace Realtime.Tests.Hosting.Identity;

public sealed class IdentityOptionsTests
{
    private const string SigningKey = "--connection_plane:auth:signing_key";
    private const string SigningKeyFile = "--connection_plane:auth:signing_key_file";
    private const string JwksUrl = "--connection_plane:auth:jwks_url";
    private const string Known = "super-secret-jwt-token-with-at-least-32-characters-long";
    private const string InternalKeys = "--connection_plane:internal_keys";

    [Fact]
    public void A_start_without_keys_says_what_to_do() =>
        Assert.Equal(
            [
                "connection_plane:auth:signing_key: is required; give the key of your identity provider by "
                    + "REALTIME__CONNECTION_PLANE__AUTH__SIGNING_KEY or signing_key_file, "
                    + "or the address of its keys by jwks_url; for development make one: openssl rand -base64 48",
                "connection_plane:internal_keys: must hold 1 to 8 keys; give the same list to every edge and worker by "
                    + "REALTIME__CONNECTION_PLANE__INTERNAL_KEYS or internal_keys_file; "
                    + "make a key: openssl rand -base64 48",
            ],
            Configuration().Errors().AsEnumerable());

    [Fact]
    public void Keys_may_stand_in_the_environment()
    {
        CheckedConfiguration read = Configuration()
            .Environment("REALTIME__CONNECTION_PLANE__AUTH__SIGNING_KEY", TestTokens.Key)
            .Environment("REALTIME__CONNECTION_PLANE__INTERNAL_KEYS", $"{TestTokens.Key},{TestTokens.OtherKey}")
            .Read();

        Assert.Equal(TestTokens.Key, read.Get<AuthOptions>().SigningKey);
        Assert.Equal([TestTokens.Key, TestTokens.OtherKey], read.Get<IdentityStampOptions>().ReadKeys());
    }

    [Fact]
    public void Keys_may_stand_in_files()
    {
        using var one = new TemporaryFile($"\n {TestTokens.Key}\n");
        using var two = new TemporaryFile($"{TestTokens.OtherKey}\r\n{TestTokens.Key}\r\n");
        CheckedConfiguration read = Configuration()
            .Args(SigningKeyFile, one.Path, "--connection_plane:internal_keys_file", two.Path).Read();

        Assert.Equal(TestTokens.Key, Assert.Single(read.Get<AuthOptions>().ReadSigningKeys()));
        Assert.Equal([TestTokens.OtherKey, TestTokens.Key], read.Get<IdentityStampOptions>().ReadKeys());
    }

    [Theory]
    [InlineData(
        "connection_plane:auth:signing_key = *** (command line): holds a key of less than 32 bytes", SigningKey,
        "tooshort")]
    [InlineData(
        "connection_plane:auth:signing_key = *** (command line): must not be a secret that anybody can look up or guess"
        + "; make one: openssl rand -base64 48; only for development, connection_plane:development: true allows it",
        SigningKey, Known)]
    [InlineData(
        "connection_plane:auth:signing_key = *** (command line): holds a PEM, JWK or public key", SigningKey,
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----")]
    [InlineData(
        "connection_plane:auth:signing_key = *** (command line): holds a PEM, JWK or public key", SigningKey,
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo")]
    [InlineData(
        "connection_plane:auth:signing_key = *** (command line): holds a PEM, JWK or public key", SigningKey,
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9")]
    [InlineData(
        "connection_plane:auth:signing_key = *** (command line): holds a PEM, JWK or public key", SigningKey,
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"a\",\"y\":\"b\"}]}")]
    [InlineData(
        "connection_plane:auth:signing_key_file = /nowhere/key (command line): names a file that cannot be read",
        SigningKeyFile, "/nowhere/key")]
    [InlineData(
        "connection_plane:auth:signing_key_file = / (command line): names a file that cannot be read",
        SigningKeyFile, "/")]
    [InlineData(
        "connection_plane:auth:signing_key_file = /dev/null (command line): must hold 1 to 5 keys",
        SigningKeyFile, "/dev/null")]
    [InlineData(
        "connection_plane:auth:signing_key = *** (command line): and signing_key_file are both set", SigningKey,
        TestTokens.Key, SigningKeyFile, "/dev/null")]
    [InlineData(
        "connection_plane:auth:tenant_claim = a..b (command line): is not a path of claims", SigningKey, TestTokens.Key,
        "--connection_plane:auth:tenant_claim", "a..b")]
    [InlineData(
        "connection_plane:auth:role_claim = .a (command line): is not a path of claims", SigningKey, TestTokens.Key,
        "--connection_plane:auth:role_claim", ".a")]
    [InlineData(
        "connection_plane:auth:default_tenant = a b (command line): must be", SigningKey, TestTokens.Key,
        "--connection_plane:auth:default_tenant", "a b")]
    [InlineData(
        "connection_plane:auth:role_scopes (command line): must name grants only", SigningKey, TestTokens.Key,
        "--connection_plane:auth:role_scopes:0:role", "a", "--connection_plane:auth:role_scopes:0:scope", "read:*,x")]
    [InlineData(
        "connection_plane:auth:role_scopes:0:role: is required", SigningKey, TestTokens.Key,
        "--connection_plane:auth:role_scopes:0:scope", "read:*")]
    [InlineData("connection_plane:auth:jwks_url = http://id.example.org/keys (", JwksUrl, "http://id.example.org/keys")]
    [InlineData("connection_plane:auth:jwks_url = ftp://127.0.0.1/keys (", JwksUrl, "ftp://127.0.0.1/keys")]
    [InlineData("connection_plane:auth:jwks_url = /keys (", JwksUrl, "/keys")]
    [InlineData("connection_plane:auth:jwks_url = *** (", JwksUrl, "https://u:tooshort@id.example.org/keys")]
    [InlineData(
        "connection_plane:auth:jwks_ca_file = /dev/null (command line): must be a readable PEM file", JwksUrl,
        "https://id.example.org/keys", "--connection_plane:auth:jwks_ca_file", "/dev/null")]
    public void Wrong_keys_of_tokens_are_told_and_not_shown(string expected, params string[] args)
    {
        string error = Assert.Single(Configuration().Args(InternalKeys, TestTokens.Key).Args(args).Errors());

        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("tooshort", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://id.example.org/keys")]
    [InlineData("http://127.0.0.1:8000/keys")]
    [InlineData("http://localhost:8000/keys")]
    public void Published_keys_alone_are_enough(string url) =>
        Assert.Empty(Configuration().Args(InternalKeys, TestTokens.Key, JwksUrl, url).Errors());

    [Fact]
    public void Keys_that_everybody_knows_are_for_development()
    {
        using var file = new TemporaryFile(Known);

        Assert.Equal(
            ["connection_plane:auth:signing_key_file", "connection_plane:internal_keys"],
            Configuration().Args(SigningKeyFile, file.Path, InternalKeys, Known).Read().Errors.Select(one => one.Key));
        Assert.Empty(
            Configuration().With<ConnectionPlaneOptions>()
                .Args(SigningKeyFile, file.Path, InternalKeys, Known, "--connection_plane:development", "true")
                .Errors());
    }

    [Theory]
    [InlineData("connection_plane:internal_keys = *** (command line): holds a key of less than 32 bytes", "tooshort")]
    [InlineData("connection_plane:internal_keys = *** (command line): must hold 1 to 8 keys", "1,2,3,4,5,6,7,8,9")]
    public void Wrong_keys_of_stamps_are_told_and_not_shown(string expected, string keys)
    {
        string error = Assert.Single(Configuration().Args(InternalKeys, keys, SigningKey, TestTokens.Key).Errors());

        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    private static TestConfiguration Configuration() =>
        new TestConfiguration().With<AuthOptions>().With<IdentityStampOptions>();
}
