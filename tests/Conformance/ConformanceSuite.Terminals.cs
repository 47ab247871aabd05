using System.Text;
using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Theory]
    [InlineData("msgpack")]
    [InlineData("json")]
    public async Task A_terminal_is_exact_over_a_network_that_breaks(string format)
    {
        byte[] output = new byte[600_000];
        new Random(7).NextBytes(output);
        await OpenAsync(options: options => options["format"] = format);
        await Producer.AppendAsync("t1", output.AsMemory(0, 10), "?offset=0");
        await Sdk.WatchTerminalAsync("c", "term", "t1");
        await Sdk.SawAsync("term", "bytes");
        for (int offset = 10; offset < output.Length;)
        {
            int length = Math.Min(59_999, output.Length - offset);
            await Producer.AppendAsync("t1", output.AsMemory(offset, length), $"?offset={Number(offset)}");
            offset += length;
            scene.Network.Cut();
        }

        await Producer.EndAsync("t1", 3);
        JsonObject end = await Sdk.SawAsync("term", "end");
        Assert.Equal(3, end["exit_code"]!.GetValue<int>());
        Assert.Equal(output, BytesOf("term"));
        Assert.Empty(Sdk.Of("term", "gap"));
    }

    [Fact]
    public async Task A_terminal_that_nobody_takes_from_costs_one_window()
    {
        const int window = 256 * 1024;
        byte[] output = new byte[900_000];
        new Random(8).NextBytes(output);
        for (int offset = 0; offset < output.Length; offset += 100_000)
        {
            await Producer.AppendAsync("t1", output.AsMemory(offset, 100_000), $"?offset={Number(offset)}");
        }

        await Producer.EndAsync("t1", 0);
        await OpenAsync();
        await Sdk.WatchTerminalAsync("c", "term", "t1", new JsonObject { ["consume"] = "manual" });
        await Sdk.TakeAsync("term", 1);
        Assert.InRange(await BufferedBytesMaxAsync("term"), 1, window);
        while (Sdk.Of("term", "end").Count == 0)
        {
            await Sdk.TakeAsync("term", 1);
        }

        Assert.Equal(output, BytesOf("term"));
        Assert.InRange(await BufferedBytesMaxAsync("term"), 1, window);
    }

    [Theory]
    [InlineData("start", 0)]
    [InlineData("tail:7", 13)]
    [InlineData("5", 5)]
    public async Task A_terminal_begins_where_it_was_asked_to(string from, int offset)
    {
        byte[] output = [.. Enumerable.Range(0, 20).Select(i => (byte)('a' + i))];
        await Producer.AppendAsync("t1", output);
        await Producer.EndAsync("t1", 0);
        await OpenAsync();
        await Sdk.WatchTerminalAsync("c", "term", "t1", new JsonObject { ["from"] = from });
        await Sdk.SawAsync("term", "end");
        Assert.Equal(offset, Sdk.Of("term", "bytes")[0]["offset"]!.GetValue<long>());
        Assert.Equal(output[offset..], BytesOf("term"));
    }

    // From the beginning the first size is a record like the second; further on it is known from `subscribed` alone.
    [Theory]
    [InlineData("start", "91x33 'one two ' 70x20 'three' end")]
    [InlineData("4", "91x33 'two ' 70x20 'three' end")]
    [InlineData("9", "70x20 'hree' end")]
    public async Task Sizes_of_a_terminal_are_told_where_they_hold(string from, string told)
    {
        await Producer.ResizeAsync("t1", 91, 33);
        await Producer.AppendAsync("t1", "one "u8.ToArray());
        await Producer.AppendAsync("t1", "two "u8.ToArray());
        await Producer.ResizeAsync("t1", 70, 20);
        await Producer.AppendAsync("t1", "three"u8.ToArray());
        await Producer.EndAsync("t1", 0);
        await OpenAsync();
        await Sdk.WatchTerminalAsync("c", "term", "t1", new JsonObject { ["from"] = from });
        await Sdk.SawAsync("term", "end");
        Assert.Equal(told, StoryOf("term"));
    }

    [Fact]
    public async Task A_size_that_changes_while_it_is_watched_is_told_once_and_in_its_place()
    {
        await Producer.ResizeAsync("t1", 91, 33);
        await Producer.AppendAsync("t1", "wide"u8.ToArray());
        await OpenAsync();
        await Sdk.WatchTerminalAsync("c", "term", "t1");
        await Sdk.SawAsync("term", "bytes");
        await Producer.ResizeAsync("t1", 70, 20);
        await Sdk.SawAsync("term", "resize", times: 2);

        // Told again by the server where it goes on, which is nothing new to an application.
        scene.Network.Cut();
        await Sdk.IsActiveAsync("term", times: 2);
        await Producer.AppendAsync("t1", "small"u8.ToArray());
        await Producer.EndAsync("t1", 0);
        await Sdk.SawAsync("term", "end");
        Assert.Equal("91x33 'wide' 70x20 'small' end", StoryOf("term"));
    }

    [Fact]
    public async Task A_terminal_that_does_not_exist_fails_alone()
    {
        await OpenAsync();
        await Sdk.WatchTerminalAsync("c", "term", "nothing");
        await Sdk.SubscribeAsync("c", "s");
        Assert.Equal("not_found", SdkUnderTest.Text(await Sdk.SawAsync("term", "failed"), "code"));
        await Sdk.IsActiveAsync("s");
    }

    // The chunks follow each other without a hole; their bytes, one after the other.
    private byte[] BytesOf(string subscription)
    {
        var bytes = new List<byte>();
        long? next = null;
        foreach (JsonObject report in Sdk.Of(subscription, "bytes"))
        {
            long offset = report["offset"]!.GetValue<long>();
            byte[] data = Convert.FromBase64String(report["data"]!.GetValue<string>());
            Assert.Equal(next ?? offset, offset);
            Assert.NotEmpty(data);
            bytes.AddRange(data);
            next = offset + data.Length;
        }

        return [.. bytes];
    }

    // Bytes that follow each other as one text, wherever they were cut.
    private string StoryOf(string subscription) => string.Concat(Sdk.InOrder(subscription, "bytes", "resize", "end")
        .Select(report => SdkUnderTest.Text(report, "saw") switch
        {
            "bytes" => $"'{Encoding.UTF8.GetString(Convert.FromBase64String(SdkUnderTest.Text(report, "data")!))}'",
            "resize" => $" {report["cols"]}x{report["rows"]} ",
            _ => " end",
        })).Replace("''", string.Empty).Replace("  ", " ").Trim();

    private async Task<int> BufferedBytesMaxAsync(string subscription)
    {
        JsonObject answer = await Sdk.DoAsync(new JsonObject { ["do"] = "buffered", ["subscription"] = subscription });
        return answer["bytes_max"]!.GetValue<int>();
    }
}
