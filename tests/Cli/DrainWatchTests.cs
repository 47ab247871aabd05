using System.Text.Json;
using Realtime.Cli.Admin;

namespace Realtime.Tests.Cli;

/// <summary>When a drain that is watched counts as over.</summary>
public sealed class DrainWatchTests
{
    [Theory]
    [InlineData("""{"state":"drained"}""", false, 0)]
    [InlineData("""{"state":"draining"}""", false, null)]
    [InlineData("""{"state":"unreachable","status":null}""", false, null)]
    [InlineData("""{"state":"unready","status":null}""", false, null)]
    [InlineData("""{"state":"unreachable","status":null}""", true, 1)]
    [InlineData("""{"state":"ready","status":null}""", false, null)]
    [InlineData("""{"state":"ready","status":null}""", true, 1)]
    [InlineData("""{"state":"ready","status":{"state":"serving"}}""", false, 1)]
    [InlineData("""{"state":"serving"}""", false, 1)]
    [InlineData("""{"state":"undraining"}""", false, 1)]
    public void One_answer_that_is_missing_ends_nothing(string document, bool isOverdue, int? expected) =>
        Assert.Equal(expected, DrainWatch.ExitCodeOf(JsonDocument.Parse(document).RootElement, isOverdue));
}
