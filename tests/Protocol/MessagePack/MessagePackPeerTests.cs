using System.Text;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.MessagePack;

/// <summary>Random values both ways between our reader and writer and an independent implementation.</summary>
public sealed class MessagePackPeerTests(ITestOutputHelper output)
{
    private const int Count = 200;

    private readonly int _seed = Fuzzing.NewSeed(output);

    [Fact]
    public async Task What_we_write_it_reads_and_what_it_writes_of_that_we_read()
    {
        var random = new Random(_seed);
        byte[][] values =
            [.. Enumerable.Range(0, Count).Select(_ => Bytes.Of(o => RandomMessagePack.Write(o, random, depth: 2)))];

        IReadOnlyList<(string Description, byte[] Written)> read = await MessagePackPeer.DescribeAsync(values);

        Assert.Equal(Count, read.Count);
        for (int i = 0; i < Count; i++)
        {
            string? ours = MessagePackDescription.Of(values[i]);
            Assert.NotNull(ours);
            Assert.Equal(ours, read[i].Description);
            Assert.Equal(ours, MessagePackDescription.Of(read[i].Written));
        }
    }

    [Fact]
    public async Task What_viewers_are_sent_it_reads_as_it_was_meant()
    {
        var random = new Random(_seed);
        EventPosition position = SampleEvents.Position("3:1795230320701-12.k3x9qa");
        byte[][] messages =
        [
            .. ServerExamples.All.Where(json => json.StartsWith('{')).Select(
                json => Bytes.Of(o => ServerMessagePack.Write(o, Encoding.UTF8.GetBytes(json)))),
            .. ServerExamples.InMessagePack,
            .. Enumerable.Range(0, 50).Select(_ => Bytes.Of(o => RandomMessagePack.Write(o, random, depth: 1)))
                .Select(payload => SampleEvents.Full("0") with { Payload = payload })
                .Select(one => Bytes.Of(o => EventMessagePack.Write(o, one, position, 1, snapshot: true))),
        ];

        IReadOnlyList<(string Description, byte[] Written)> read = await MessagePackPeer.DescribeAsync(messages);

        Assert.Equal(
            messages.Select(message => MessagePackDescription.Of(message)), read.Select(one => one.Description));
    }

    [Fact]
    public async Task What_it_writes_we_read()
    {
        IReadOnlyList<(string Description, byte[] Written)> values = await MessagePackPeer.GenerateAsync(_seed, Count);

        Assert.Equal(Count, values.Count);
        Assert.All(values, value => Assert.Equal(value.Description, MessagePackDescription.Of(value.Written)));
    }
}
