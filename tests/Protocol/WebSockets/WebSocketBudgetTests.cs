using System.IO.Pipelines;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.Support;
using static Realtime.Tests.Protocol.WebSockets.WebSocketInput;

namespace Realtime.Tests.Protocol.WebSockets;

/// <summary>Buffers of messages are reserved before they are made, and released once.</summary>
public sealed class WebSocketBudgetTests
{
    private int _reserved;
    private int _most;

    [Fact]
    public async Task All_that_was_reserved_is_released_when_the_message_was_used()
    {
        var random = new Random(3);
        byte[] input =
            [.. Frame(0x81, new string('x', 5000)), .. Frame(0x89, "p"), .. Frame(0x01, "a"), .. Frame(0x80, "b")];

        string[] read = await ReadAll(Cut(input, random), Limited(20_000));

        Assert.Equal(["Text", "Ping", "Text", "EndOfStream"], read.Select(text => text.Split(' ')[0]));
        // However many pieces came at once: the longest message ended in a buffer of 8 KiB.
        Assert.InRange(_most, 8192, 20_000);
        Assert.Equal(0, _reserved);
    }

    [Fact]
    public async Task Without_room_it_ends_1013_and_gives_back_what_it_had()
    {
        byte[] frame = Frame(0x81, new string('x', 5000));
        var pipe = new Pipe();
        using var reader = new WebSocketMessageReader(pipe.Reader, Limited(2000));
        ValueTask<WebSocketRead> reading = reader.ReadAsync(CancellationToken.None);
        await pipe.Writer.WriteAsync(frame.AsMemory(0, 500));
        await Eventually.TrueAsync("there was room for the beginning", () => Volatile.Read(ref _most) > 0);
        await pipe.Writer.WriteAsync(frame.AsMemory(500));

        WebSocketRead read = await reading;

        Assert.Equal((WebSocketReadKind.Violation, 1013), (read.Kind, read.CloseCode));
        Assert.Equal(512, _most);
        reader.Dispose();
        Assert.Equal(0, _reserved);
    }

    [Fact]
    public async Task Who_takes_a_buffer_keeps_it_and_its_reservation()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Frame(0x82, "first"));
        await pipe.Writer.WriteAsync(Frame(0x82, "other"));
        using var reader = new WebSocketMessageReader(pipe.Reader, Limited(20_000));
        WebSocketRead read = await reader.ReadAsync(CancellationToken.None);

        (byte[] buffer, int reserved) = reader.TakeBuffer();
        Assert.Throws<InvalidOperationException>(() => reader.TakeBuffer());
        await reader.ReadAsync(CancellationToken.None);

        Assert.Equal("first"u8.ToArray(), buffer.AsSpan(0, read.Payload.Length).ToArray());
        Assert.Equal(2 * reserved, _reserved);
        reader.Dispose();
        Assert.Equal(reserved, _reserved);
    }

    private WebSocketReaderOptions Limited(int bytesMax) => new()
    {
        Reserve = bytes =>
        {
            if (_reserved + bytes > bytesMax)
            {
                return false;
            }

            _reserved += bytes;
            _most = Math.Max(_most, _reserved);
            return true;
        },
        Release = bytes => _reserved -= bytes,
    };
}
