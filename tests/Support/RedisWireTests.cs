namespace Realtime.Tests.Support;

/// <summary>What tests read of Redis is what it says: else they would find nothing wrong, or find what is not there.
/// </summary>
public sealed class RedisWireTests
{
    private const string Password = "a pässword";

    [Fact]
    public async Task Each_kind_of_answer_is_read_to_its_end()
    {
        await using RedisServer server = await RedisServer.StartAsync(password: Password);

        Assert.Equal("OK", await server.CommandAsync("SET", "ä key", "a\r\nvälue"));
        Assert.Equal("a\r\nvälue", await server.CommandAsync("GET", "ä key"));
        Assert.Equal(string.Empty, await server.CommandAsync("GET", "none"));
        Assert.Equal(string.Empty, await server.CommandAsync("KEYS", "none*"));
        Assert.Equal("41", await server.CommandAsync("INCRBY", "n", "41"));
        Assert.Equal("ä key\nn", await server.CommandAsync("EVAL", "return {ARGV[1], ARGV[2]}", "0", "ä key", "n"));
        Assert.Equal("1\n2\nthree\nfour", await server.CommandAsync("EVAL", "return {1,{2,'three'},'four'}", "0"));
        Assert.StartsWith("ERR wrong number", await server.CommandAsync("GET"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_is_shown_and_a_wrong_one_opens_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync(password: Password);

        Assert.Equal("PONG", await RedisWire.AskAsync(server.Port, Password, "PING"));
        Assert.StartsWith("NOAUTH", await RedisWire.AskAsync(server.Port, null, "PING"), StringComparison.Ordinal);
        Assert.StartsWith("NOAUTH", await RedisWire.AskAsync(server.Port, "other", "PING"), StringComparison.Ordinal);
    }
}
