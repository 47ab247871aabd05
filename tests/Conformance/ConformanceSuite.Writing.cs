using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_terminal_is_written_exactly_over_a_network_that_breaks()
    {
        const int pieces = 10, pieceBytes = 60_000;
        byte[] output = new byte[pieces * pieceBytes];
        new Random(9).NextBytes(output);
        await OpenAsync();
        for (int piece = 0; piece < pieces; piece++)
        {
            Task<JsonObject> appending = AppendAsync(output.AsSpan(piece * pieceBytes, pieceBytes).ToArray());
            scene.Network.Cut();
            Assert.Equal((piece + 1) * pieceBytes, (await appending)["end"]!.GetValue<long>());
        }

        await EndAsync(3);
        JsonObject read = await Sdk.DoAsync(
            new JsonObject { ["do"] = "read_terminal", ["client"] = "c", ["task"] = "t1" });
        Assert.Equal(output, Convert.FromBase64String(read["data"]!.GetValue<string>()));
        Assert.Equal(3, read["exit_code"]!.GetValue<int>());

        // The same end is harmless, another one is not.
        await EndAsync(3);
        SdkErrorException ended = await Assert.ThrowsAsync<SdkErrorException>(() => AppendAsync([1]));
        Assert.Equal("ended", ended.Code);
    }

    [Fact]
    public async Task Bytes_that_the_log_lost_are_a_hole_and_a_new_life_goes_on_behind_it()
    {
        await OpenAsync();
        await AppendAsync("before"u8.ToArray());
        await scene.LoseTerminalAsync(_tenant, "t1");
        SdkErrorException hole = await Assert.ThrowsAsync<SdkErrorException>(() => AppendAsync("lost"u8.ToArray()));
        Assert.Equal("hole", hole.Code);
        JsonObject went = await AppendAsync("behind"u8.ToArray(), goOnAfterLoss: true);
        Assert.Equal("beforebehind".Length, went["end"]!.GetValue<int>());
        JsonObject read = await Sdk.DoAsync(
            new JsonObject { ["do"] = "read_terminal", ["client"] = "c", ["task"] = "t1" });
        Assert.Equal("behind"u8.ToArray(), Convert.FromBase64String(read["data"]!.GetValue<string>()));
    }

    private Task<JsonObject> AppendAsync(byte[] data, bool goOnAfterLoss = false) => Sdk.DoAsync(new JsonObject
    {
        ["do"] = "append_terminal",
        ["client"] = "c",
        ["task"] = "t1",
        ["data"] = Convert.ToBase64String(data),
        ["go_on_after_loss"] = goOnAfterLoss,
    });

    private Task<JsonObject> EndAsync(int exitCode) => Sdk.DoAsync(new JsonObject
    {
        ["do"] = "end_terminal",
        ["client"] = "c",
        ["task"] = "t1",
        ["exit_code"] = exitCode,
    });
}
