using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.Messages;

/// <summary>What the examples of the protocol document don't show.</summary>
public sealed class ServerMessagesTests
{
    private const string Awkward = "\"\\\n\r\u0000\u2028<é😀";

    [Fact]
    public void Every_text_comes_out_as_it_went_in()
    {
        string json = Bytes.TextOf(o => ServerMessages.WriteError(o, Awkward, Awkward, Awkward, Awkward, false));
        using var document = JsonDocument.Parse(json);
        foreach (string key in new[] { "code", "detail", "request", "id" })
        {
            Assert.Equal(Awkward, document.RootElement.GetProperty(key).GetString());
        }

        // Server-sent events end a field at a line break.
        Assert.DoesNotContain('\n', json);
        Assert.DoesNotContain('\r', json);
    }

    [Fact]
    public void A_nonce_is_echoed_whatever_it_holds()
    {
        using var document = JsonDocument.Parse(Bytes.TextOf(o => ServerMessages.WritePong(o, Awkward)));
        Assert.Equal(Awkward, document.RootElement.GetProperty("nonce").GetString());
    }

    [Fact]
    public void Terminal_bytes_of_any_kind_survive()
    {
        byte[] data = [.. Enumerable.Range(0, 40_000).Select(n => (byte)n)];
        var message = new TerminalMessage
        {
            Id = "d",
            Task = "t",
            Epoch = Epoch.Parse("aaaaaa"),
            Offset = 1L << 60,
            Data = data,
            Stream = "stderr",
        };
        using var document = JsonDocument.Parse(Bytes.TextOf(o => ServerMessages.WriteTerminal(o, message)));
        Assert.Equal(data, document.RootElement.GetProperty("data").GetBytesFromBase64());
        Assert.Equal(40_000, document.RootElement.GetProperty("length").GetInt32());
        Assert.Equal(1L << 60, document.RootElement.GetProperty("offset").GetInt64());
    }

    [Fact]
    public async Task Threads_do_not_share_a_writer()
    {
        await Parallel.ForAsync(0, 200, (n, _) =>
        {
            string json = Bytes.TextOf(o => ServerMessages.WritePong(o, $"{n}"));
            Assert.Equal($"{{\"op\":\"pong\",\"nonce\":\"{n}\"}}", json);
            return ValueTask.CompletedTask;
        });
    }
}
