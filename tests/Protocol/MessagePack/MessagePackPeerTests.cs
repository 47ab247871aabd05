using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.MessagePack;

/// <summary>Random values both ways between our reader and writer and an independent implementation.</summary>
public sealed class MessagePackPeerTests(ITestOutputHelper output)
{
    private const int Count = 200;

    private readonly int _seed = Random.Shared.Next();

    [Fact]
    public async Task What_we_write_it_reads_and_what_it_writes_of_that_we_read()
    {
        output.WriteLine($"Seed {_seed}");
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
    public async Task What_it_writes_we_read()
    {
        output.WriteLine($"Seed {_seed}");
        IReadOnlyList<(string Description, byte[] Written)> values = await MessagePackPeer.GenerateAsync(_seed, Count);

        Assert.Equal(Count, values.Count);
        Assert.All(values, value => Assert.Equal(value.Description, MessagePackDescription.Of(value.Written)));
    }
}
