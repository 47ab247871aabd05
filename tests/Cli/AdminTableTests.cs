using System.Text.Json;
using Realtime.Cli.Admin;

namespace Realtime.Tests.Cli;

/// <summary>What a cell of an operator's table shows.</summary>
public sealed class AdminTableTests
{
    [Theory]
    [InlineData("""{"reasons":[]}""", "-")]
    [InlineData("""{"reasons":["it drains"]}""", "it drains")]
    [InlineData("""{"reasons":["it ends","it drains"]}""", "it ends, it drains")]
    [InlineData("""{"reasons":null}""", "-")]
    [InlineData("""{}""", "-")]
    public void Lists_can_be_read_and_nothing_is_a_dash(string document, string shown) =>
        Assert.Equal(shown, AdminTable.TextOf(JsonDocument.Parse(document).RootElement, "reasons"));
}
