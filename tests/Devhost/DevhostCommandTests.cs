using Realtime.Devhost;

namespace Realtime.Tests.Devhost;

/// <summary>What the command line refuses, and that it says so.</summary>
public sealed class DevhostCommandTests
{
    [Theory]
    [InlineData("'abc'", "--port", "abc")]
    [InlineData("'abc'", "--admin-port", "abc")]
    [InlineData("'--port'", "--port")]
    [InlineData("'--admin-port'", "--admin-port")]
    [InlineData("--port must be 0 to 65535, but is 70000.", "--port", "70000")]
    [InlineData("both 7000", "--port", "7000", "--admin-port", "7000")]
    [InlineData("both 8443", "--admin-port", "8443")]
    public void A_bad_port_is_told(string expected, params string[] args) =>
        Assert.Contains(expected, Assert.Single(Errors(args)), StringComparison.Ordinal);

    [Fact]
    public void All_bad_values_are_told_at_once()
    {
        IReadOnlyList<string> errors = Errors("--port", "abc", "--admin-port", "70000", "--workers", "99");

        Assert.Equal(3, errors.Count);
    }

    [Theory]
    [InlineData("--port", "0", "--admin-port", "0")]
    [InlineData("--port", "7000")]
    public void Two_ports_are_taken(params string[] args) => Assert.Empty(Errors(args));

    private static IReadOnlyList<string> Errors(params string[] args) =>
        [.. DevhostCommand.Create().Parse(args).Errors.Select(error => error.Message)];
}
