using System.Security.Cryptography;
using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>What waits for the server: order, limits, and what happens at them.</summary>
public sealed class SpoolTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-spool-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Bytes_come_out_as_they_went_in_whatever_the_sizes()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        using var spool = new Spool(10_000, 700, _directory.FullName);
        byte[] source = RandomNumberGenerator.GetBytes(300_000);
        var read = new List<byte>();
        int written = 0;
        byte[] buffer = new byte[4000];
        for (int i = 0; read.Count < source.Length; i++)
        {
            // Now full for a while, now nearly empty: else the file's ring never wraps inside a write.
            int wanted = Math.Min(random.Next(0, i % 40 < 20 ? 5000 : 1500), source.Length - written);
            int taken = spool.Append(source.AsSpan(written, wanted));
            Assert.True(taken == wanted || spool.Length >= 10_000 - 700, $"seed {seed}");
            written += taken;
            int length = spool.Peek(buffer.AsSpan(0, random.Next(1, 4000)));
            int released = random.Next(0, length + 1);
            read.AddRange(buffer[..released]);
            spool.Release(released);
            Assert.Equal(written - read.Count, spool.Length);
            Assert.InRange(spool.Length, 0, 10_000);
        }

        Assert.True(source.AsSpan().SequenceEqual(read.ToArray()), $"seed {seed}");
    }

    [Fact]
    public void The_file_has_no_name_and_memory_comes_first()
    {
        using var spool = new Spool(1000, 100, _directory.FullName);

        Assert.Equal(90, spool.Append(new byte[90]));
        Assert.Equal(0, spool.FileLength);
        Assert.Equal(910, spool.Append(new byte[2000]));
        Assert.Equal(900, spool.FileLength);
        Assert.Empty(_directory.GetFileSystemInfos());
    }

    [Fact]
    public void What_the_file_can_t_take_is_not_taken_in_part()
    {
        using var spool = new Spool(1000, 100, Path.Combine(_directory.FullName, "gone"));
        spool.Append(new byte[60]);

        Assert.ThrowsAny<IOException>(() => spool.Append(new byte[100]));
        Assert.Equal(60, spool.Length);
        Assert.Equal(60, spool.Peek(new byte[1000]));
    }

    // Where nobody may write at all, the error is of another kind than where there is no directory.
    [Theory]
    [InlineData("/sys")]
    [InlineData("/no/such/directory")]
    public async Task A_queue_whose_file_can_t_be_made_gives_up(string directory)
    {
        using var queue = new UploadQueue(
            new UploadOptions { SpoolBytes = 1000, SpoolMemoryBytes = 40, SpoolDirectory = directory },
            new ManualClock());

        Assert.True(await queue.WriteAsync(new byte[30]));
        Assert.False(await queue.WriteAsync(new byte[30]));
        Assert.Contains("can't be written", queue.LossReason);
        Assert.Equal((30, 30), (queue.LostBytes, queue.WaitingBytes));
    }

    [Fact]
    public async Task A_full_queue_gives_up_once_nothing_was_sent_for_the_time()
    {
        var clock = new ManualClock();
        using UploadQueue queue = Queue(clock);
        Assert.True(await queue.WriteAsync(new byte[100]));
        Task<bool> waiting = queue.WriteAsync(new byte[30]);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(waiting.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync("it gave up", () => waiting.IsCompleted);
        Assert.False(await waiting);
        Assert.True(await queue.WriteAsync(new byte[5]));
        Assert.Equal(35, queue.LostBytes);
        Assert.Equal(100, queue.WaitingBytes);
    }

    [Fact]
    public async Task A_full_queue_waits_as_long_as_something_is_sent_now_and_then()
    {
        var clock = new ManualClock();
        using UploadQueue queue = Queue(clock);
        byte[] buffer = new byte[100];
        await queue.WriteAsync(new byte[100]);
        Task<bool> waiting = queue.WriteAsync(new byte[30]);

        // What memory holds is sent first, and makes no room: what is newer stands behind the file.
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(9));
            queue.Sent((await queue.NextAsync(buffer.AsMemory(0, 10), CancellationToken.None)).Length);
            await Eventually.TrueAsync("it waits for 10 s again", () => clock.Waits is [{ TotalSeconds: 10 }]);
        }

        queue.Sent((await queue.NextAsync(buffer, CancellationToken.None)).Length);
        queue.Sent((await queue.NextAsync(buffer, CancellationToken.None)).Length);
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, queue.LostBytes);
    }

    // Quiet for an hour, then a burst: the hour is no reason to give up.
    [Fact]
    public async Task Time_without_output_does_not_count()
    {
        var clock = new ManualClock();
        using UploadQueue queue = Queue(clock);
        clock.Advance(TimeSpan.FromHours(1));
        Task<bool> waiting = queue.WriteAsync(new byte[101]);

        Assert.False(waiting.IsCompleted);
        queue.Sent((await queue.NextAsync(new byte[100], CancellationToken.None)).Length);
        queue.Sent((await queue.NextAsync(new byte[100], CancellationToken.None)).Length);
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Sizes_come_at_their_places_and_the_newest_of_one_place_counts()
    {
        using UploadQueue queue = Queue(new ManualClock());
        byte[] buffer = new byte[100];
        queue.Resize(new TerminalSize(1, 1));
        queue.Resize(new TerminalSize(2, 2));
        await queue.WriteAsync(new byte[7]);
        queue.Resize(new TerminalSize(3, 3));
        await queue.WriteAsync(new byte[5]);
        queue.Complete();

        Assert.Equal((0, new TerminalSize(2, 2)), await queue.NextAsync(buffer, CancellationToken.None));
        Assert.Equal((7, null), await queue.NextAsync(buffer, CancellationToken.None));
        queue.Sent(7);
        Assert.Equal((0, new TerminalSize(3, 3)), await queue.NextAsync(buffer, CancellationToken.None));
        Assert.Equal((5, null), await queue.NextAsync(buffer, CancellationToken.None));
        queue.Sent(5);
        Assert.Equal((0, null), await queue.NextAsync(buffer, CancellationToken.None));
    }

    private UploadQueue Queue(ManualClock clock) => new(
        new UploadOptions { SpoolBytes = 100, SpoolMemoryBytes = 40, SpoolDirectory = _directory.FullName }, clock);
}
