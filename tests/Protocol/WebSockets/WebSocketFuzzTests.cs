using Realtime.Protocol.WebSockets;
using Realtime.Tests.Support;
using Xunit.Abstractions;
using static Realtime.Tests.Protocol.WebSockets.WebSocketInput;

namespace Realtime.Tests.Protocol.WebSockets;

/// <summary>Time-boxed damage to WebSocket frames, cut anywhere.</summary>
public sealed class WebSocketFuzzTests(ITestOutputHelper output)
{
    private const int MessageBytesMax = 512;

    private static readonly byte[] Valid =
    [
        .. Frame(0x01, "Hé"), .. Frame(0x89, "p1"), .. Frame(0x00, "l"), .. Frame(0x80, "lo"),
        .. Frame(0x82, new string('x', 300)), .. Masked(0x88, [0x03, 0xe8, .. "bye"u8]),
    ];

    [Fact]
    public void Damaged_frames_end_in_one_way_and_cost_no_more_than_the_limit() => Fuzzing.Run(output, random =>
    {
        long reserved = 0;
        long most = 0;
        var options = new WebSocketReaderOptions
        {
            MessageBytesMax = MessageBytesMax,
            FragmentsMax = 3,
            Reserve = bytes =>
            {
                reserved += bytes;
                most = Math.Max(most, reserved);
                return true;
            },
            Release = bytes => reserved -= bytes,
        };
        byte[] damaged = Mutation.Of(Valid, random);

        // All is there already: nothing is waited for.
        string[] read = ReadAll(Cut(damaged, random), options).GetAwaiter().GetResult();

        Assert.Equal("EndOfStream ", read[^1]);
        Assert.All(read[..^1].SkipLast(1), one =>
        {
            Assert.DoesNotMatch("^(Violation|Close|EndOfStream) ", one);
        });

        // The last message, while the next one grows to its limit.
        Assert.InRange(most, 0, 2 * MessageBytesMax);
        Assert.Equal(0, reserved);
    });
}
