using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Hosting.Configuration;

public sealed class ValueTextTests
{
    [Theory]
    [InlineData("0ms", 0, "0s")]
    [InlineData("500ms", 500, "500ms")]
    [InlineData("1500ms", 1_500, "1500ms")]
    [InlineData("10s", 10_000, "10s")]
    [InlineData("120s", 120_000, "2m")]
    [InlineData("2m", 120_000, "2m")]
    [InlineData("24h", 86_400_000, "24h")]
    public void Durations_are_read_and_written(string text, long milliseconds, string written)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
        Assert.Equal(written, DurationText.Format(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("10")]
    [InlineData("10 s")]
    [InlineData(" 10s")]
    [InlineData("10s ")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("1.5s")]
    [InlineData("1e3s")]
    [InlineData("10S")]
    [InlineData("1d")]
    [InlineData("1m30s")]
    [InlineData("00:00:10")]
    [InlineData("99999999999999999999s")]
    [InlineData("9223372036854775807h")]
    [InlineData("87841h")]
    [InlineData("١s")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("1000", 1_000, "1000")]
    [InlineData("1000B", 1_000, "1000")]
    [InlineData("65536", 65_536, "64KiB")]
    [InlineData("64KiB", 65_536, "64KiB")]
    [InlineData("16MiB", 16_777_216, "16MiB")]
    [InlineData("1536KiB", 1_572_864, "1536KiB")]
    [InlineData("1GiB", 1_073_741_824, "1GiB")]
    [InlineData("9223372036854775807", long.MaxValue, "9223372036854775807")]
    public void Sizes_are_read_and_written(string text, long bytes, string written)
    {
        Assert.True(SizeText.TryParse(text, out long size));
        Assert.Equal(bytes, size);
        Assert.Equal(written, SizeText.Format(size));
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("64K")]
    [InlineData("64KB")]
    [InlineData("64kib")]
    [InlineData("64 KiB")]
    [InlineData("-1")]
    [InlineData("1.5MiB")]
    [InlineData("9223372036854775808")]
    [InlineData("9007199254740992KiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData("connection_plane:auth:signing_key", "abc")]
    [InlineData("connection_plane:internal_keys:0", "abc")]
    [InlineData("event_plane:redis:password", "abc")]
    [InlineData("x:Admin_Token", "abc")]
    [InlineData("x:client_secret", "abc")]
    [InlineData("event_plane:redis", "host:6379,Password=abc")]
    [InlineData("event_plane:redis", "redis://user:abc@host")]
    [InlineData("connection_plane:auth:signing_key_file", "0123456789abcdef0123456789abcdef")]
    [InlineData("connection_plane:auth:signing_key_file", "/9j+4AAQSkZJRgABAQ==")]
    [InlineData("event_plane:redis:ca_file", "redis://user:abc@host")]
    public void Secrets_are_not_shown(string key, string value) => Assert.Equal("***", SecretKeys.Show(key, value));

    [Theory]
    [InlineData("event_plane:state_keys_per_stream_max", "5x")]
    [InlineData("event_plane:redis", "host:6379")]
    [InlineData("connection_plane:auth:signing_key_file", "/run/secrets/signing-key")]
    [InlineData("event_plane:redis:password_file", "./secrets/redis_password.txt")]
    [InlineData("connection_plane:edge:admin_token_file", "../token")]
    public void What_is_no_secret_is_shown(string key, string value) =>
        Assert.Equal(value, SecretKeys.Show(key, value));

    [Theory]
    [InlineData("5", "5")]
    [InlineData("1.5", "1.5")]
    [InlineData("10s", "10s")]
    [InlineData("true", "true")]
    [InlineData("swordfish", "***")]
    [InlineData("12345678901234567", "***")]
    [InlineData("", "***")]
    public void Of_keys_that_nobody_knows_only_plain_values_are_shown(string value, string shown) =>
        Assert.Equal(shown, SecretKeys.ShowUnknown("telemetry:pasword", value));

    [Fact]
    public void Long_values_are_cut() =>
        Assert.Equal(new string('a', 80) + "…", SecretKeys.Show("x", new string('a', 99)));
}
